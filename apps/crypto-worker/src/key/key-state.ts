import type { Purpose } from '@ankasecure/algorithm';
import type { KeyState, RevocationReason } from '@ankasecure/contracts';
import type { CustodyKind } from '../custody/custody.js';

/**
 * The moves of a version: each row maps the states that a move applies to, to the states that it leads to. Any other move is
 * illegal. A test compares the table with SP 800-57 part 1 r5 §7. Only the sweeper uses `destroy`, and `rotate` moves the
 * version that is replaced. All others are callers' verbs or part of one. DESTROY_SCHEDULED is our addition: every
 * destruction waits in it and can be cancelled.
 */
export const moves = {
  activate: { PRE_ACTIVE: 'ACTIVE' },
  suspend: { ACTIVE: 'SUSPENDED' },
  resume: { SUSPENDED: 'ACTIVE' },
  deactivate: { ACTIVE: 'DEACTIVATED', SUSPENDED: 'DEACTIVATED' },
  revoke: { ACTIVE: 'DEACTIVATED', SUSPENDED: 'DEACTIVATED' },
  compromise: {
    PRE_ACTIVE: 'COMPROMISED',
    ACTIVE: 'COMPROMISED',
    SUSPENDED: 'COMPROMISED',
    DEACTIVATED: 'COMPROMISED',
  },
  'schedule-destroy': {
    PRE_ACTIVE: 'DESTROY_SCHEDULED',
    ACTIVE: 'DESTROY_SCHEDULED',
    SUSPENDED: 'DESTROY_SCHEDULED',
    DEACTIVATED: 'DESTROY_SCHEDULED',
    COMPROMISED: 'DESTROY_SCHEDULED',
  },
  'cancel-destroy': { DESTROY_SCHEDULED: 'SUSPENDED' },
  'cancel-destroy-of-compromised': { DESTROY_SCHEDULED: 'COMPROMISED' },
  destroy: { DESTROY_SCHEDULED: 'DESTROYED' },
  rotate: { ACTIVE: 'DEACTIVATED' },
} as const satisfies Record<string, Partial<Record<KeyState, KeyState>>>;

export type Move = keyof typeof moves;

/** The state that `move` leads to from `from`; undefined if the move is illegal. */
export const targetOf = (move: Move, from: KeyState): KeyState | undefined =>
  (moves[move] as Partial<Record<KeyState, KeyState>>)[from];

/**
 * States of a current version that can be rotated: neither scheduled for destruction nor before its activation (`hasBegun`).
 * Only ACTIVE changes.
 */
const rotatable: readonly KeyState[] = ['ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED'];

export const isRotatable = (state: KeyState): boolean => rotatable.includes(state);

/** States of a version that has no future unless its destruction is cancelled. */
export const onTheWayOut: readonly KeyState[] = ['DESTROY_SCHEDULED', 'DESTROYED'];

/** KMIP revocation reasons that make a key COMPROMISED. All others deactivate it. */
const compromising: readonly RevocationReason[] = ['key-compromise', 'ca-compromise'];

export const isCompromise = (reason: RevocationReason | null): boolean =>
  reason !== null && compromising.includes(reason);

/** The recorded state of a version and its dates, in milliseconds since the epoch. `stateAt` computes the state from them. */
export interface Lifecycle {
  readonly state: KeyState;
  readonly activateAt: number | null;
  readonly deactivateAt: number | null;
}

/**
 * The state at `now`. Dates take effect when the state is read, so no timer is needed. They only move a version on its
 * ordinary way: no date ends a suspension or a compromise.
 */
export const stateAt = ({ state, activateAt, deactivateAt }: Lifecycle, now: number): KeyState => {
  const begun = state === 'PRE_ACTIVE' && activateAt !== null && activateAt <= now ? 'ACTIVE' : state;
  return begun === 'ACTIVE' && deactivateAt !== null && deactivateAt <= now ? 'DEACTIVATED' : begun;
};

/** The time for which a statement holds: from `since` until just before `until`, in milliseconds since the epoch. */
export interface Validity {
  readonly since: number;
  readonly until: number;
}

export const always: Validity = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** The time for which all statements hold. */
export const allOf = (...validities: readonly Validity[]): Validity => ({
  since: Math.max(...validities.map(({ since }) => since)),
  until: Math.min(...validities.map(({ until }) => until)),
});

/** Tells whether it holds at `now`. */
export const isValidAt = ({ since, until }: Validity, now: number): boolean => since <= now && now < until;

/** The time around `now` for which `stateAt` gives the same state. */
export const stateHolds = ({ state, activateAt, deactivateAt }: Lifecycle, now: number): Validity => {
  const dates = state === 'PRE_ACTIVE' ? [activateAt, deactivateAt] : state === 'ACTIVE' ? [deactivateAt] : [];
  const moments = dates.filter((date) => date !== null);
  return {
    since: Math.max(...moments.filter((moment) => moment <= now)),
    until: Math.min(...moments.filter((moment) => moment > now)),
  };
};

/** Tells whether the activation date has come, whatever the state. `activate` counts as the date having come. */
export const hasBegun = ({ activateAt }: Lifecycle, now: number): boolean => activateAt === null || activateAt <= now;

/**
 * The state to record for a version that moves to `state`. A version that is resumed before its activation date waits for
 * that date again, but `activate` ends the wait.
 */
export const onRecord = (move: Move, state: KeyState, lifecycle: Lifecycle, now: number): KeyState =>
  move === 'resume' && !hasBegun(lifecycle, now) ? 'PRE_ACTIVE' : state;

/** Applying protection (encrypt, encapsulate, sign, MAC) or processing protected data (decrypt, decapsulate, verify): SP 800-57 part 1 r5 §7. */
export type Use = 'protect' | 'process';

const bothUses: readonly Use[] = ['protect', 'process'];

/** The uses of keys of each purpose. A `wrap` key only unwraps keys that were wrapped outside. */
export const usesOf: Readonly<Record<Purpose, readonly Use[]>> = {
  encrypt: bothUses,
  sign: bothUses,
  mac: bothUses,
  wrap: ['process'],
  encapsulate: bothUses,
};

/** The uses of public keys of others: those that need no private key. */
const usesOfPublic: Readonly<Record<Purpose, readonly Use[]>> = {
  encrypt: ['protect'],
  sign: ['process'],
  mac: [],
  wrap: [],
  encapsulate: ['protect'],
};

/** The uses of a key, by its purpose and custody. */
export const usesOfKey = (purpose: Purpose, custody: CustodyKind): readonly Use[] =>
  (custody === 'public' ? usesOfPublic : usesOf)[purpose];

/** `at-risk`: only for a caller who accepts the risk in the same item. */
export type Permission = 'yes' | 'at-risk' | 'no';

/** The uses that each state allows. */
export const allowedUses = {
  PRE_ACTIVE: { protect: 'no', process: 'no' },
  ACTIVE: { protect: 'yes', process: 'yes' },
  SUSPENDED: { protect: 'no', process: 'at-risk' },
  DEACTIVATED: { protect: 'no', process: 'yes' },
  COMPROMISED: { protect: 'no', process: 'at-risk' },
  DESTROY_SCHEDULED: { protect: 'no', process: 'no' },
  DESTROYED: { protect: 'no', process: 'no' },
} as const satisfies Record<KeyState, Record<Use, Permission>>;

export const permissionOf = (state: KeyState, use: Use): Permission => allowedUses[state][use];

/** How to proceed after a refusal, by state. */
const advice: Partial<Record<KeyState, string>> = {
  PRE_ACTIVE: 'Activate it first, or wait for its activation date.',
  SUSPENDED: 'Resume it first, or set acceptRisk to decrypt, decapsulate or verify with it.',
  COMPROMISED: 'Set acceptRisk to decrypt, decapsulate or verify with it.',
  DESTROY_SCHEDULED: 'It is scheduled for destruction. Use cancel-destroy to restore it before it is destroyed.',
  DESTROYED: 'Its key material has been destroyed, and data that it protected cannot be recovered.',
};

export const refusalOf = (state: KeyState, action: string): string => {
  const more = advice[state];
  return `A key that is ${state} cannot ${action}${more === undefined ? '' : `. ${more}`}`;
};
