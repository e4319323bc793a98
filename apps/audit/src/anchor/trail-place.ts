import { AnkaError } from '@ankasecure/contracts';
import type { AnchoredPlace, KnownPlaces } from '../end/known-places.js';
import {
  byTenant,
  type IndexPlace,
  indexReaches,
  isSameEnd,
  isSamePlace,
  noIndex,
  reaches,
  type SealedEnd,
} from '../end/sealed-ends.js';
import type { AnchoredHead } from './anchored-heads.js';
import type { HeldAnchor } from './held-anchor.js';

/** The end of a trail that was verified, and the index of its records that was derived from its events. */
export interface VerifiedTrail {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly index: IndexPlace;
}

/** Trails by tenant; undefined for one that failed. */
export type VerifiedTrails = ReadonlyMap<string, VerifiedTrail | undefined>;

/** The anchor in the token, whose trails the database has. */
export type KnownAnchor = Extract<HeldAnchor, { standing: 'known' }>;

/** The ends of trails and the indexes of records that a process had sealed, and the last acceptance that it knew. */
export interface DueEnds {
  readonly accepted: number;
  readonly ends: ReadonlyMap<string, SealedEnd>;
  readonly indexes: ReadonlyMap<string, IndexPlace>;
}

/** The trails, as the database tells them, and what was proved of them. */
export interface Told {
  readonly heads: readonly AnchoredHead[];
  /** The tenants whose trails do not have what this process knows, or do not continue it. */
  readonly behind: ReadonlySet<string>;
  /** The tenants whose trails could not be proved to their ends yet. */
  readonly pending: ReadonlySet<string>;
  /** The errors of proofs that no later proof makes good, by tenant. */
  readonly failed: ReadonlyMap<string, AnkaError>;
}

/**
 * The number of the next anchor. No process anchors more than once a second, so none of ours is higher than the seconds since the
 * epoch. Whoever puts that number there costs nothing: tomorrow's bound is higher than tomorrow's number.
 * @param held that of the anchor in the token. @param last that of the last one in the database. @param now in milliseconds
 * @throws AnkaError `service-unavailable` for an anchor in the database that none of ours can be
 */
export const numberAfter = (held: number, last: number, now: number): number => {
  if (last <= now / 1000) return Math.max(held, last) + 1;
  const detail = `ankadb_audit holds an anchor ${last}. Somebody put it there: delete it.`;
  throw new AnkaError('service-unavailable', detail);
};

/** Rounds without a higher anchor in the token, after which all trails are refused. */
export const mostNotMoved = 3;

/** The longest time from the reading of the trails to the anchor in the token, in milliseconds. Events of that time are not anchored. */
export const mostRoundMs = 20_000;

export const placeOf = ({ indexSeq: seq, indexMac: mac }: Pick<AnchoredHead, 'indexSeq' | 'indexMac'>): IndexPlace => ({
  seq,
  mac,
});

export const anchoredPlaceOf = (head: AnchoredHead): AnchoredPlace => {
  const { tenantId, seq, hash } = head;
  return { tenantId, seq, hash, index: placeOf(head) };
};

const anchoredHeadOf = ({ tenantId, seq, hash, index }: AnchoredPlace): AnchoredHead => ({
  tenantId,
  seq,
  hash,
  indexSeq: index.seq,
  indexMac: index.mac,
});

export const numberOf = (held: HeldAnchor): number => ('anchor' in held ? (held.anchor?.number ?? 0) : 0);

/** The trails that the anchor binds, as far as the database has them. */
export const headsIn = (held: HeldAnchor): readonly AnchoredHead[] =>
  held.standing === 'known' ? held.trails.heads : [];

/** The tenants whose trails, or the indexes of whose records, do not reach their anchored places. */
export const tenantsBefore = (anchored: readonly AnchoredHead[], heads: readonly AnchoredHead[]): readonly string[] => {
  const told = byTenant(heads);
  const isBefore = (place: AnchoredHead): boolean => {
    const head = told.get(place.tenantId);
    return head === undefined || !reaches(head, place) || !indexReaches(placeOf(head), placeOf(place));
  };
  return anchored.filter(isBefore).map(({ tenantId }) => tenantId);
};

/** A tenant whose trail does not reach what this process has sealed, or its anchored place. @param except tenants whose trails may not */
export const behindIn = (
  { heads, behind }: Told,
  held: HeldAnchor,
  except: ReadonlyMap<string, unknown>,
): string | undefined => [...behind, ...tenantsBefore(headsIn(held), heads)].find((tenantId) => !except.has(tenantId));

/** Whether the anchored places reach all ends and indexes. */
export const reachesAll = (
  anchored: readonly AnchoredHead[],
  { ends, indexes }: Pick<DueEnds, 'ends' | 'indexes'>,
): boolean => {
  const places = byTenant(anchored);
  const isReached = ([tenantId, end]: readonly [string, SealedEnd]): boolean => {
    const place = places.get(tenantId);
    return place !== undefined && reaches(place, end) && indexReaches(placeOf(place), indexes.get(tenantId));
  };
  return [...ends].every(isReached);
};

const unindexed = { indexSeq: noIndex.seq, indexMac: noIndex.mac } as const;

/**
 * Where a refused trail is anchored: at the place that the anchor holds, or at the later one that this process has sealed, and so is
 * the index of its records.
 */
const laterPlace = (
  tenantId: string,
  place: AnchoredHead | undefined,
  sealed: SealedEnd | undefined,
  index: IndexPlace | undefined,
): readonly AnchoredHead[] => {
  const isSealedLater = sealed !== undefined && (place === undefined || place.seq < sealed.seq);
  const end = isSealedLater ? sealed : place;
  if (end === undefined) return [];
  const { seq, hash } = end;
  const base = { tenantId, ...unindexed, ...place, seq, hash };
  return [
    index !== undefined && index.seq > base.indexSeq ? { ...base, indexSeq: index.seq, indexMac: index.mac } : base,
  ];
};

/**
 * The places of trails whose told ends are not anchored, as far as they are known. A restored database does not have the anchor in
 * the token. Its places are those that this process has seen there before.
 */
export const laterPlaces = (
  held: HeldAnchor,
  tenantIds: Iterable<string>,
  known: Pick<KnownPlaces, 'joinedEnd' | 'anchoredAt'>,
): readonly AnchoredHead[] => {
  const places = byTenant(headsIn(held));
  return [...new Set(tenantIds)].flatMap((id) => {
    const [{ end, index }, seen] = [known.joinedEnd(id), known.anchoredAt(id)];
    return laterPlace(id, places.get(id) ?? (seen && anchoredHeadOf(seen)), end, index);
  });
};

/** A place that the tenant's trail does not have: no row has this hash. */
const afterEnd = (tenantId: string, heads: readonly AnchoredHead[]): AnchoredHead => {
  const end = heads.find((head) => head.tenantId === tenantId)?.seq ?? 0;
  return { tenantId, seq: end + 1, hash: Buffer.alloc(32), ...unindexed };
};

/** The places of the trails that were verified, from what was verified alone. */
const verifiedHeads = (verified: VerifiedTrails, heads: readonly AnchoredHead[]): readonly AnchoredHead[] =>
  [...verified].flatMap(([tenantId, trail]) => {
    if (trail === undefined) return [afterEnd(tenantId, heads)];
    const { seq, hash, index } = trail;
    return seq === 0 ? [] : [{ tenantId, seq, hash: Buffer.from(hash), indexSeq: index.seq, indexMac: index.mac }];
  });

/**
 * The places at which trails are anchored when some of them are accepted.
 * @param verified those that are accepted or stay refused. @param unproved those of them whose places stay as they are held
 */
export const acceptedPlaces = (
  { heads, pending, failed }: Told,
  held: HeldAnchor,
  verified: VerifiedTrails,
  unproved: ReadonlySet<string>,
  known: Pick<KnownPlaces, 'joinedEnd' | 'anchoredAt'>,
): readonly AnchoredHead[] => {
  const waiting = new Set([...pending, ...failed.keys()].filter((tenantId) => !verified.has(tenantId)));
  const proved = heads.filter(({ tenantId }) => !verified.has(tenantId) && !waiting.has(tenantId));
  const later = byTenant(laterPlaces(held, [...waiting, ...unproved], known));
  const accepted = verifiedHeads(verified, heads).filter(({ tenantId }) => !later.has(tenantId));
  return [...accepted, ...proved, ...later.values()];
};

/** @throws AnkaError `service-unavailable` (retryable) if a trail has changed since it was verified, or there is an unverified one */
export const assertUnchanged = (
  heads: readonly AnchoredHead[],
  verified: VerifiedTrails,
  unverified: readonly AnchoredHead[],
): void => {
  const now = byTenant(heads);
  const isSame = ([tenantId, end]: readonly [string, VerifiedTrail | undefined]): boolean => {
    const { seq = 0, hash } = now.get(tenantId) ?? {};
    return end === undefined || (seq === end.seq && (seq === 0 || hash?.equals(end.hash) === true));
  };
  const tenantId = [...verified].find((entry) => !isSame(entry))?.[0] ?? unverified[0]?.tenantId;
  if (tenantId === undefined) return;
  const detail = `The trail of tenant ${tenantId} has changed since the trails were verified. Repeat the call.`;
  throw new AnkaError('service-unavailable', detail);
};

/**
 * An acceptance may lower the places of trails that were refused, and no other places than those by which they were refused.
 * @param seen the anchor by which they were refused. @param held the anchor now
 * @throws AnkaError `service-unavailable` (retryable) if a place has moved
 */
export const assertNotMoved = (seen: HeldAnchor | undefined, held: HeldAnchor, tenantIds: Iterable<string>): void => {
  const [before, now] = [byTenant(seen === undefined ? [] : headsIn(seen)), byTenant(headsIn(held))];
  const isMoved = (tenantId: string): boolean => !isSameHead(before.get(tenantId), now.get(tenantId));
  const isSame = seen?.standing === held.standing && (held.standing === 'known' || numberOf(seen) === numberOf(held));
  if (isSame && ![...tenantIds].some(isMoved)) return;
  throw new AnkaError('service-unavailable', 'The anchor has moved since the trails were verified. Repeat the call.');
};

const isSameHead = (a: AnchoredHead | undefined, b: AnchoredHead | undefined): boolean =>
  a === undefined || b === undefined ? a === b : isSameEnd(a, b) && isSamePlace(placeOf(a), placeOf(b));
