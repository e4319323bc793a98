import type { AlgorithmName } from '@ankasecure/algorithm';
import type { ErrorCode, KeyState } from '@ankasecure/contracts';

/** A result of a version, to be verified or decrypted later. */
export interface Product {
  readonly version: number;
  /** A JWS or a JWE. */
  readonly token: string;
}

export interface ModelKey {
  readonly id: string;
  readonly algorithm: AlgorithmName;
  readonly purpose: 'sign' | 'encrypt';
  /** Version n is at index n − 1. The last one is current. */
  readonly states: KeyState[];
  readonly compromised: Set<number>;
  /** Versions that have ever been deactivated. They cannot become active again, even after a cancelled destruction. */
  readonly ended: Set<number>;
  readonly products: Product[];
}

/** The event that a call must leave in the audit trail, exactly once. */
export interface Expected {
  readonly correlationId: string;
  readonly operation: string;
  readonly failureCode: ErrorCode | null;
  readonly keyId?: string;
  readonly version?: number;
}

/** One client's knowledge of its keys and of the policy. The model is small so that a reader can check it. */
export class Model {
  readonly keys: ModelKey[] = [];
  readonly expected: Expected[] = [];

  constructor(readonly policy: { allowed: ReadonlySet<AlgorithmName> }) {}

  allows(algorithm: AlgorithmName): boolean {
    return this.policy.allowed.has(algorithm);
  }
}

/** The transitions of callers' verbs (SP 800-57 part 1 §7): the state each verb leads to from each state. A missing entry is refused. */
export const verbs = {
  // A verb that has nothing left to do changes nothing.
  suspend: { ACTIVE: 'SUSPENDED', SUSPENDED: 'SUSPENDED' },
  resume: { SUSPENDED: 'ACTIVE', ACTIVE: 'ACTIVE' },
  deactivate: { ACTIVE: 'DEACTIVATED', SUSPENDED: 'DEACTIVATED', DEACTIVATED: 'DEACTIVATED' },
  compromise: {
    ACTIVE: 'COMPROMISED',
    SUSPENDED: 'COMPROMISED',
    DEACTIVATED: 'COMPROMISED',
    COMPROMISED: 'COMPROMISED',
  },
  'schedule-destroy': {
    ACTIVE: 'DESTROY_SCHEDULED',
    SUSPENDED: 'DESTROY_SCHEDULED',
    DEACTIVATED: 'DESTROY_SCHEDULED',
    COMPROMISED: 'DESTROY_SCHEDULED',
    // The same request is repeated.
    DESTROY_SCHEDULED: 'DESTROY_SCHEDULED',
  },
  'cancel-destroy': { DESTROY_SCHEDULED: 'SUSPENDED', SUSPENDED: 'SUSPENDED', COMPROMISED: 'COMPROMISED' },
} as const satisfies Record<string, Partial<Record<KeyState, KeyState>>>;

export type Verb = keyof typeof verbs;

/** The state that `verb` leads that version to, or undefined. A replaced version cannot become active again. */
export const after = (verb: Verb, key: ModelKey, version: number): KeyState | undefined => {
  const to = (verbs[verb] as Partial<Record<KeyState, KeyState>>)[stateOf(key, version)];
  if (to === undefined || (verb === 'resume' && version < key.states.length)) return undefined;
  if (verb === 'cancel-destroy' && key.compromised.has(version)) return 'COMPROMISED';
  return verb === 'resume' && key.ended.has(version) ? 'DEACTIVATED' : to;
};

export const become = (key: ModelKey, version: number, state: KeyState): void => {
  key.states[version - 1] = state;
  if (state === 'COMPROMISED') key.compromised.add(version);
  if (state === 'DEACTIVATED') key.ended.add(version);
};

export const stateOf = (key: ModelKey, version: number): KeyState => key.states[version - 1] as KeyState;

/** The states of the current version in which a key can be rotated. */
export const rotatable: readonly KeyState[] = ['ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED'];

/** Whether a version decrypts and verifies. */
export const processes = (state: KeyState, acceptRisk: boolean): boolean =>
  state === 'ACTIVE' || state === 'DEACTIVATED' || (acceptRisk && (state === 'SUSPENDED' || state === 'COMPROMISED'));
