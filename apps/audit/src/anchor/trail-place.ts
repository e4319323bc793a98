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

/** Why trails do not match the anchor. */
export interface Faults {
  /** A fault of the database or the token: no trail can be compared. */
  readonly whole: string | null;
  /** Faults of single trails, by tenant. The other trails are sound. */
  readonly trails: ReadonlyMap<string, string>;
  /** Why the ends of trails cannot be proved, by tenant. Nothing is sealed on them either, but nothing says that they are older. */
  readonly unproven: ReadonlyMap<string, string>;
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

export const tooSlow =
  'ankadb_audit takes so long for an anchor that the HSM could not tell an older trail. Look for its load, and for views and functions that were changed.';

/** Why trails are refused. */
export const notStored =
  'ankadb_audit does not keep new anchors, so the HSM could not tell an older trail. Look for triggers and functions that were changed.';

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

const lostTrail = (tenantId: string, anchor: number): string =>
  `ankadb_audit is older than the HSM: the trail of tenant ${tenantId} does not reach the place that anchor ${anchor} holds.`;

export const takenBack = (tenantId: string): string =>
  `ankadb_audit has taken events back: the trail of tenant ${tenantId} does not have the last event that this process sealed.`;

const notProvable = (tenantId: string, code: string): string =>
  `The end of the trail of tenant ${tenantId} in ankadb_audit cannot be proved (${code}). Nothing is sealed on it. Look whether the workers of its partition have its keys, and whether ankadb_audit was changed.`;

/** Why the ends of trails cannot be proved. */
export const unprovenFaults = ({ failed }: Told): Faults['unproven'] =>
  new Map([...failed].map(([tenantId, { code }]) => [tenantId, notProvable(tenantId, code)]));

/** Why a trail does not match the anchor. @param tenantId without it, the trails as a whole */
export const faultOf = (faults: Faults | undefined, tenantId: string | undefined): string | undefined =>
  faults?.whole ?? (tenantId === undefined ? undefined : faults?.trails.get(tenantId));

export const unprovenOf = (faults: Faults | undefined, tenantId: string | undefined): string | undefined =>
  tenantId === undefined ? undefined : faults?.unproven.get(tenantId);

export const noFaults: Faults = { whole: null, trails: new Map(), unproven: new Map() };

/** The tenants whose trails, or the indexes of whose records, do not reach their anchored places. */
export const tenantsBefore = (anchored: readonly AnchoredHead[], heads: readonly AnchoredHead[]): readonly string[] => {
  const told = byTenant(heads);
  const isBefore = (place: AnchoredHead): boolean => {
    const head = told.get(place.tenantId);
    return head === undefined || !reaches(head, place) || !indexReaches(placeOf(head), placeOf(place));
  };
  return anchored.filter(isBefore).map(({ tenantId }) => tenantId);
};

/**
 * Why single trails are refused.
 * @param isKnown whether this process knows an end of the tenant's trail
 */
export const trailFaults = (
  { heads, behind }: Told,
  held: HeldAnchor,
  isKnown: (tenantId: string) => boolean,
): Faults['trails'] => {
  const lost = (tenantId: string): readonly [string, string] => [tenantId, lostTrail(tenantId, numberOf(held))];
  const isOwn = (tenantId: string): boolean => isKnown(tenantId) || held.standing !== 'known';
  return new Map([
    ...[...behind].map((id) => (isOwn(id) ? ([id, takenBack(id)] as const) : lost(id))),
    ...tenantsBefore(headsIn(held), heads).map(lost),
  ]);
};

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
export const verifiedHeads = (verified: VerifiedTrails, heads: readonly AnchoredHead[]): readonly AnchoredHead[] =>
  [...verified].flatMap(([tenantId, trail]) => {
    if (trail === undefined) return [afterEnd(tenantId, heads)];
    const { seq, hash, index } = trail;
    return seq === 0 ? [] : [{ tenantId, seq, hash: Buffer.from(hash), indexSeq: index.seq, indexMac: index.mac }];
  });

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
