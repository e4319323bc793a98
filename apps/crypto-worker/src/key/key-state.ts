import type { Purpose } from '@ankasecure/algorithm';
import type { KeyState, RevocationReason } from '@ankasecure/contracts';

/**
 * The moves of a version: from each state that a move applies to, the state it leads to. Anything absent is illegal. A test holds
 * the table to SP 800-57 part 1 r5 §7. `destroy` is the sweeper's, `rotate` moves the version that is followed, all others are
 * callers' verbs or part of one. DESTROY_SCHEDULED is ours: every destruction waits in it and can be called off.
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

/** The state that `move` leads to from `from`; undefined where the move is illegal. */
export const targetOf = (move: Move, from: KeyState): KeyState | undefined =>
  (moves[move] as Partial<Record<KeyState, KeyState>>)[from];

/** States of a current version that a new one may follow: not on its way out, and not before its time (`hasBegun`). Other than ACTIVE, they stay. */
const rotatable: readonly KeyState[] = ['ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED'];

export const isRotatable = (state: KeyState): boolean => rotatable.includes(state);

/** States of a version that has no future, unless its destruction is called off. */
export const onTheWayOut: readonly KeyState[] = ['DESTROY_SCHEDULED', 'DESTROYED'];

/** KMIP revocation reasons after which a key counts as compromised; the others deactivate it. */
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
 * The state at `now`: dates are obeyed by being looked at, so no timer has to have run. They move what is on its ordinary way
 * and nothing else: a suspension or a compromise does not lapse by a date.
 */
export const stateAt = ({ state, activateAt, deactivateAt }: Lifecycle, now: number): KeyState => {
  const begun = state === 'PRE_ACTIVE' && activateAt !== null && activateAt <= now ? 'ACTIVE' : state;
  return begun === 'ACTIVE' && deactivateAt !== null && deactivateAt <= now ? 'DEACTIVATED' : begun;
};

/** Whether its time has come, whatever has become of it since. To `activate` is to say that it has. */
export const hasBegun = ({ activateAt }: Lifecycle, now: number): boolean => activateAt === null || activateAt <= now;

/**
 * The state to record for a version that is to be in `state`. A version that is resumed before its activation date waits for it
 * again; to `activate` is to say that it need not be waited for.
 */
export const onRecord = (move: Move, state: KeyState, lifecycle: Lifecycle, now: number): KeyState =>
  move === 'resume' && !hasBegun(lifecycle, now) ? 'PRE_ACTIVE' : state;

/** Applying protection (encrypt, sign, MAC) or processing what is protected already (decrypt, verify): SP 800-57 part 1 r5 §7. */
export type Use = 'protect' | 'process';

const bothUses: readonly Use[] = ['protect', 'process'];

/** The uses of keys of each purpose. A key for `wrap` only unwraps keys that were wrapped outside. */
export const usesOf: Readonly<Record<Purpose, readonly Use[]>> = {
  encrypt: bothUses,
  sign: bothUses,
  mac: bothUses,
  wrap: ['process'],
};

/** `at-risk`: only for a caller who takes the risk on itself, in that very item. */
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

/** The advice in a refusal by state: how to proceed. */
const advice: Partial<Record<KeyState, string>> = {
  PRE_ACTIVE: 'Activate it first, or wait for its activation date.',
  SUSPENDED: 'Resume it first, or set acceptRisk to decrypt or verify with it.',
  COMPROMISED: 'Set acceptRisk to decrypt or verify with it.',
  DESTROY_SCHEDULED: 'It is scheduled for destruction. Use cancel-destroy to restore it before it is destroyed.',
  DESTROYED: 'Its key material has been destroyed, and data that it protected cannot be recovered.',
};

export const refusalOf = (state: KeyState, action: string): string => {
  const more = advice[state];
  return `A key that is ${state} cannot ${action}${more === undefined ? '' : `. ${more}`}`;
};
