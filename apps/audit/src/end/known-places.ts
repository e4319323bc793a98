import { Injectable } from '@nestjs/common';
import {
  byTenant,
  type IndexPlace,
  indexReaches,
  isSameEnd,
  reaches,
  type SealedEnd,
  SealedEnds,
  type ToldEnd,
  type ToldPlace,
} from './sealed-ends.js';

/** The place of one trail that the anchor in the token binds. */
export interface AnchoredPlace extends ToldEnd {
  readonly tenantId: string;
  readonly index: IndexPlace;
}

/** The places that every trail must have: the one that this process has sealed or proved last, and the anchored one. */
@Injectable()
export class KnownPlaces {
  /** The places that the anchor in the token bound at the last comparison, or binds since this process moved it. */
  private anchored: ReadonlyMap<string, AnchoredPlace> = new Map();
  /** The anchored places that the ends known here continue. */
  private joined = new Map<string, ToldEnd>();
  /** The ends that were proved for the next anchor: the ends known here are the same, or continue them. */
  private proved: ReadonlyMap<string, ToldEnd> = new Map();

  /** The trails whose known ends continue the anchored places before these, and are being compared with these. */
  private comparing: ReadonlySet<string> = new Set();

  constructor(readonly ends: SealedEnds) {}

  /** The anchored places as they are now. Take them before the database is asked, as `SealedEnds.all`. */
  get allAnchored(): ReadonlyMap<string, AnchoredPlace> {
    return this.anchored;
  }

  anchoredAt(tenantId: string): AnchoredPlace | undefined {
    return this.anchored.get(tenantId);
  }

  /**
   * Takes over what the token binds.
   * @param isCompared whether the known ends are compared with it now. What is sealed on them does not wait for that
   */
  keepAnchored(places: readonly AnchoredPlace[], isCompared = false): void {
    const before = new Set([...this.anchored.keys()].filter((tenantId) => this.isJoined(tenantId)));
    this.anchored = byTenant(places);
    this.comparing = new Set(isCompared ? [...before].filter((tenantId) => !this.isJoined(tenantId)) : []);
    // An anchored place soon is no longer among the last ends.
    const joined = places.filter(({ tenantId }) => this.isJoined(tenantId));
    this.joined = new Map(joined.map((place) => [place.tenantId, place]));
  }

  /** Whether the end known here is known to continue the anchored place, or is not that far. */
  isJoined(tenantId: string): boolean {
    const [anchored, end, joined] = [this.anchoredAt(tenantId), this.ends.of(tenantId), this.joined.get(tenantId)];
    if (anchored === undefined || end === undefined || anchored.seq > end.seq || isSameEnd(end, anchored)) return true;
    const isSame = (place: ToldEnd | undefined): boolean => place !== undefined && isSameEnd(place, anchored);
    return isSame(joined) || isSame(this.proved.get(tenantId)) || this.ends.has(tenantId, anchored);
  }

  /** Whether the end known here may be sealed on: it continues the anchored place, or the one before while a round compares it. */
  maySealOn(tenantId: string): boolean {
    const [anchored, end] = [this.anchoredAt(tenantId), this.ends.of(tenantId)];
    const isLater = anchored !== undefined && end !== undefined && end.seq > anchored.seq;
    return this.isJoined(tenantId) || (isLater && this.comparing.has(tenantId));
  }

  /** Ends a comparison: from now on, each known end must continue the anchored place. */
  endComparison(): void {
    this.comparing = new Set();
  }

  /**
   * The end known here and its index. Nothing, if the end is not known to continue the anchored place: it may be that of a branch,
   * and an anchor that was moved there would no longer bind what was anchored.
   */
  joinedEnd(tenantId: string): { readonly end?: SealedEnd | undefined; readonly index?: IndexPlace | undefined } {
    if (!this.isJoined(tenantId)) return {};
    return { end: this.ends.of(tenantId), index: this.ends.indexOf(tenantId) };
  }

  /** Notes which ends were proved, before they are anchored. */
  noteProved(heads: readonly (ToldEnd & { readonly tenantId: string })[]): void {
    this.proved = byTenant(heads);
  }

  /** Notes that the end known here continues an anchored place. */
  join(tenantId: string, anchored: ToldEnd): void {
    this.joined.set(tenantId, anchored);
  }

  /**
   * Tells whether a trail that ends at a place is long enough. It is asked with each answer, because a database can be put back
   * between two comparisons.
   * @returns the question. Take it before the database is asked for the place
   */
  expected(tenantId: string): (told: ToldPlace) => boolean {
    const ends = [this.ends.of(tenantId), this.anchoredAt(tenantId)];
    const isIndex = this.expectedIndex(tenantId);
    return ({ end, index }) =>
      isIndex(index) && ends.every((place) => place === undefined || (end !== null && reaches(end, place)));
  }

  /** As `expected`, for the index of the tenant's records alone. */
  expectedIndex(tenantId: string): (told: IndexPlace) => boolean {
    const places = [this.ends.indexOf(tenantId), this.anchoredAt(tenantId)?.index];
    return (told) => places.every((place) => indexReaches(told, place));
  }

  /** Forgets the ends: an operator has accepted older trails. */
  forget(): void {
    this.ends.forget();
    this.joined.clear();
    this.proved = new Map();
  }
}
