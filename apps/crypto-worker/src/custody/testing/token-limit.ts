import type { Alg } from '@ankasecure/algorithm';
import type { TestToken } from '@ankasecure/testing';

type Limits = Readonly<Record<TestToken['name'], readonly Alg[]>>;

/** The algorithms of keys that a token does not wrap. */
export const notWrapped: Limits = { softhsm: ['EdDSA', 'Ed25519'], kryoptic: [] };
