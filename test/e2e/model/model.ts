import type { AlgorithmName } from '@ankasecure/algorithm';
import type { ErrorCode, KeyState } from '@ankasecure/contracts';

/** What a version has made, to be given back to it later. */
export interface Product {
  readonly version: number;
  /** A JWS or a JWE. */
  readonly token: string;
}

export interface ModelKey {
  readonly id: string;
  readonly algorithm: AlgorithmName;
  readonly purpose: 'sign' | 'encrypt';
  /** Version n is at place n − 1; the last is the current one. */
  readonly states: KeyState[];
  readonly compromised: Set<number>;
  /** Versions that have ever been deactivated: their time is over, also where a destruction is called off. */
  readonly ended: Set<number>;
  readonly products: Product[];
}

/** What a call must leave in the audit trail, once and not otherwise. */
export interface Expected {
  readonly correlationId: string;
  readonly operation: string;
  readonly failureCode: ErrorCode | null;
  readonly keyId?: string;
  readonly version?: number;
}

/** What one client knows of its keys, and all of them of the policy. Small on purpose: whoever reads it can tell that it is right. */
export class Model {
  readonly keys: ModelKey[] = [];
  readonly expected: Expected[] = [];

  constructor(readonly policy: { allowed: ReadonlySet<AlgorithmName> }) {}

  allows(algorithm: AlgorithmName): boolean {
    return this.policy.allowed.has(algorithm);
  }
}

/** SP 800-57 part 1 §7, as far as callers' verbs go: where each takes a version from each state; nothing where it is refused. */
export const verbs = {
  suspend: { ACTIVE: 'SUSPENDED' },
  resume: { SUSPENDED: 'ACTIVE' },
  deactivate: { ACTIVE: 'DEACTIVATED', SUSPENDED: 'DEACTIVATED' },
  compromise: { ACTIVE: 'COMPROMISED', SUSPENDED: 'COMPROMISED', DEACTIVATED: 'COMPROMISED' },
  'schedule-destroy': {
    ACTIVE: 'DESTROY_SCHEDULED',
    SUSPENDED: 'DESTROY_SCHEDULED',
    DEACTIVATED: 'DESTROY_SCHEDULED',
    COMPROMISED: 'DESTROY_SCHEDULED',
    // Asked for again in the same way.
    DESTROY_SCHEDULED: 'DESTROY_SCHEDULED',
  },
  'cancel-destroy': { DESTROY_SCHEDULED: 'SUSPENDED' },
} as const satisfies Record<string, Partial<Record<KeyState, KeyState>>>;

export type Verb = keyof typeof verbs;

/** Where `verb` takes that version, or undefined. One that has been followed is not taken back into use. */
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

/** States of the current version from which a key is given a new one. */
export const rotatable: readonly KeyState[] = ['ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED'];

/** Whether a version decrypts and verifies. */
export const processes = (state: KeyState, acceptRisk: boolean): boolean =>
  state === 'ACTIVE' || state === 'DEACTIVATED' || (acceptRisk && (state === 'SUSPENDED' || state === 'COMPROMISED'));
