import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** The last row that this process has sealed on a trail. */
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

/** The place of no index. */
export const noIndex: IndexPlace = { seq: 0, mac: Buffer.of() };

const capacity = 100_000;

/**
 * The ends of the trails that this process has sealed. The database cannot take a committed row back unseen: what it tells of a
 * trail is compared with them. Nothing is remembered while the token stores no anchor, because no acceptance of older trails
 * would reach the process then.
 */
@Injectable()
export class SealedEnds {
  private readonly ends = new BoundedMap<string, SealedEnd>(capacity);
  /** The tenants whose trails did not have the row when a batch was sealed. */
  private readonly missed = new Set<string>();
  /** The newest genuine indexes of records. */
  private readonly indexes = new BoundedMap<string, IndexPlace>(capacity);
  private isKept = false;

  of(tenantId: string): SealedEnd | undefined {
    return this.ends.get(tenantId);
  }

  /** Remembers an end after its commit, unless a later one is known, or another one of the same place. */
  learn(tenantId: string, end: SealedEnd): void {
    const known = this.of(tenantId);
    if (!this.isKept || (known !== undefined && !reaches(end, known))) return;
    this.ends.set(tenantId, end);
    this.missed.delete(tenantId);
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

  /** Notes that the trail did not have the row. Whether it has it again must be looked up. */
  miss(tenantId: string): void {
    if (this.ends.has(tenantId)) this.missed.add(tenantId);
  }

  /** The ends that were missed. */
  allMissed(): ReadonlyMap<string, SealedEnd> {
    return new Map([...this.ends].filter(([tenantId]) => this.missed.has(tenantId)));
  }

  /** @param isKept whether ends are remembered from now on */
  keep(isKept: boolean): void {
    this.isKept = isKept;
    if (!isKept) this.forget();
  }

  /** Forgets all ends: an operator has accepted older trails. */
  forget(): void {
    this.ends.clear();
    this.missed.clear();
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

/** Whether a trail that ends at `told` can have the row that was sealed last. */
export const reaches = (told: ToldEnd, { seq, hash }: ToldEnd): boolean =>
  told.seq > seq || (told.seq === seq && told.hash.equals(hash));

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
