import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** The last row of a trail that this process has sealed or proved. */
export interface SealedEnd {
  readonly seq: number;
  readonly hash: Buffer;
  readonly sealedAt: Date;
}

/** The end of a trail, as the database tells it. */
export interface ToldEnd {
  readonly seq: number;
  readonly hash: Buffer;
}

/** The last event that changed the index of a tenant's records, and the index's MAC; 0 and empty for no index. */
export interface IndexPlace {
  readonly seq: number;
  readonly mac: Buffer;
}

/** Where the database says that a trail and the index of its records end. */
export interface ToldPlace {
  readonly end: ToldEnd | null;
  readonly index: IndexPlace;
}

/** The place of no index. */
export const noIndex: IndexPlace = { seq: 0, mac: Buffer.of() };

const capacity = 100_000;
/** Trails whose ends before the last are remembered, and how many of one trail. */
const recentCapacity = 10_000;
const recentEnds = 16;

/**
 * The ends of the trails that this process has sealed or proved. The database cannot take a committed row back unseen: what it tells
 * of a trail must continue them. Each end continues the one before. Nothing is remembered while the token stores no anchor, because
 * no acceptance of older trails would reach the process then.
 */
@Injectable()
export class SealedEnds {
  private readonly ends = new BoundedMap<string, SealedEnd>(capacity);
  /** The last end and some before it, newest first. */
  private readonly recent = new BoundedMap<string, readonly ToldEnd[]>(recentCapacity);
  /** The newest genuine indexes of records. */
  private readonly indexes = new BoundedMap<string, IndexPlace>(capacity);
  private keeps = false;

  /** Whether ends are remembered. */
  get isKept(): boolean {
    return this.keeps;
  }

  of(tenantId: string): SealedEnd | undefined {
    return this.ends.get(tenantId);
  }

  /** Whether a place is one of the last ends of the trail. */
  has(tenantId: string, place: ToldEnd): boolean {
    return this.recent.get(tenantId)?.some((end) => isSameEnd(end, place)) === true;
  }

  /**
   * Remembers an end after its commit or its proof, unless another one was learned since. What is known of an end stays.
   * @param from what the end was sealed or proved on top of
   */
  learn(tenantId: string, { seq, hash, sealedAt }: SealedEnd, from: ToldEnd | undefined): void {
    const known = this.of(tenantId);
    if (!this.isKept || (known !== undefined && (from === undefined || !isSameEnd(known, from)))) return;
    if (known !== undefined && isSameEnd(known, { seq, hash })) return;
    const end = { seq, hash: Buffer.from(hash), sealedAt };
    const before = this.recent.get(tenantId) ?? (from === undefined ? [] : [from]);
    this.ends.set(tenantId, end);
    this.recent.set(tenantId, [end, ...before].slice(0, recentEnds));
  }

  indexOf(tenantId: string): IndexPlace | undefined {
    return this.indexes.get(tenantId);
  }

  /** Remembers a genuine index, unless a later one is known. */
  learnIndex(tenantId: string, { seq, mac }: IndexPlace): void {
    if (this.isKept && (this.indexOf(tenantId)?.seq ?? 0) <= seq) this.indexes.set(tenantId, { seq, mac });
  }

  /** The indexes as they are now. Take them as `all`. */
  allIndexes(): ReadonlyMap<string, IndexPlace> {
    return new Map(this.indexes);
  }

  forgetIndexes(): void {
    this.indexes.clear();
  }

  /** @param isKept whether ends are remembered from now on */
  keep(isKept: boolean): void {
    this.keeps = isKept;
    if (!isKept) this.forget();
  }

  /** Forgets all ends: an operator has accepted older trails. */
  forget(): void {
    this.ends.clear();
    this.recent.clear();
    this.forgetIndexes();
  }

  /** The ends as they are now. Take them before the database is asked: what is sealed meanwhile may be missing in its answer. */
  all(): ReadonlyMap<string, SealedEnd> {
    return new Map(this.ends);
  }
}

export const byTenant = <Place extends { readonly tenantId: string }>(
  places: readonly Place[],
): ReadonlyMap<string, Place> => new Map(places.map((place) => [place.tenantId, place]));

export const isSameEnd = (a: ToldEnd, b: ToldEnd): boolean => a.seq === b.seq && a.hash.equals(b.hash);

/** Whether a trail that ends at `told` is long enough for a place. That it has the place must be proved (`TrailDescent`). */
export const reaches = (told: ToldEnd, place: ToldEnd): boolean => told.seq > place.seq || isSameEnd(told, place);

/** Whether an index can be that of a trail whose index was once `known`. */
export const indexReaches = (told: IndexPlace, known: IndexPlace | undefined): boolean =>
  known === undefined ||
  told.seq > known.seq ||
  (told.seq === known.seq && (known.seq === 0 || told.mac.equals(known.mac)));

export const isSamePlace = (a: IndexPlace, b: IndexPlace): boolean => indexReaches(a, b) && indexReaches(b, a);

/** The trails that do not reach the row that was sealed last. */
export const unreachedEnds = (
  sealed: ReadonlyMap<string, SealedEnd>,
  heads: readonly (ToldEnd & { readonly tenantId: string })[],
): ReadonlyMap<string, SealedEnd> => {
  const told = byTenant(heads);
  return new Map(
    [...sealed].filter(([tenantId, end]) => {
      const head = told.get(tenantId);
      return head === undefined || !reaches(head, end);
    }),
  );
};
