import type { HeldAnchor } from './held-anchor.js';
import { headsIn, numberOf, type Told, tenantsBefore } from './trail-place.js';

/** Why trails do not match the anchor. */
export interface Faults {
  /** A fault of the database or the token: no trail can be compared. */
  readonly whole: string | null;
  /** Faults of single trails, by tenant. The other trails are sound. */
  readonly trails: ReadonlyMap<string, string>;
  /** Why the ends of trails cannot be proved, by tenant. Nothing is sealed on them either, but nothing says that they are older. */
  readonly unproven: ReadonlyMap<string, string>;
}

export const tooSlow =
  'ankadb_audit takes so long for an anchor that the HSM could not tell an older trail. Look for its load, and for views and functions that were changed.';

/** Why trails are refused. */
export const notStored =
  'ankadb_audit does not keep new anchors, so the HSM could not tell an older trail. Look for triggers and functions that were changed.';

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

/** The faults that were not found before, and what each means. */
export const newFaults = (
  { whole, trails }: Faults,
  before: Faults | undefined,
): readonly { readonly message: string; readonly fault: string; readonly tenantId?: string }[] => [
  ...(whole === null || whole === before?.whole ? [] : [{ fault: whole, message: 'the trails are refused' }]),
  ...[...trails].flatMap(([tenantId, fault]) =>
    before?.trails.has(tenantId) === true ? [] : [{ tenantId, fault, message: 'a trail is refused' }],
  ),
];
