import { type Alg, algorithmKinds } from '@ankasecure/algorithm';
import type { TestToken } from '@ankasecure/testing';

type Limits = Readonly<Record<TestToken['name'], readonly Alg[]>>;

const postQuantum: readonly Alg[] = [
  ...algorithmKinds['ml-dsa'].sign,
  ...algorithmKinds['slh-dsa'].sign,
  ...algorithmKinds['ml-kem'].encrypt,
  ...algorithmKinds['ml-kem'].encapsulate,
];

/** The algorithms that a token does not have. */
export const notOffered: Limits = { softhsm: postQuantum, kryoptic: [] };

/** The algorithms of keys that a token does not wrap. */
export const notWrapped: Limits = { softhsm: ['EdDSA', 'Ed25519', ...postQuantum], kryoptic: postQuantum };
