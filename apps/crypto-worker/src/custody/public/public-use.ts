import { type AlgorithmKind, type AlgorithmName, algorithmOf, type Purpose } from '@ankasecure/algorithm';

type PublicUse = 'verify' | 'encrypt' | 'encapsulate';

/** The use of a public key without its private key, by the kind and purpose of the pair. */
const publicUses: Readonly<Partial<Record<AlgorithmKind, Partial<Record<Purpose, PublicUse>>>>> = {
  rsa: { sign: 'verify', encrypt: 'encrypt' },
  ec: { sign: 'verify', encrypt: 'encrypt' },
  ed: { sign: 'verify' },
  'ml-dsa': { sign: 'verify' },
  'slh-dsa': { sign: 'verify' },
  'ml-kem': { encrypt: 'encrypt', encapsulate: 'encapsulate' },
};

/** The use of a public key of this algorithm and purpose without its private key; undefined if there is none. */
export const publicUseOf = (algorithm: AlgorithmName, purpose: Purpose): PublicUse | undefined =>
  publicUses[algorithmOf(algorithm).kind]?.[purpose];
