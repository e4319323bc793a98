import { type AlgorithmKind, type AlgorithmName, algorithmOf, type Purpose } from '@ankasecure/algorithm';

/** What the public key of each kind of pairs does alone, by the purpose of the pair. */
const publicUses: Readonly<Partial<Record<AlgorithmKind, Partial<Record<Purpose, 'verify' | 'encrypt'>>>>> = {
  rsa: { sign: 'verify', encrypt: 'encrypt' },
  ec: { sign: 'verify', encrypt: 'encrypt' },
  ed: { sign: 'verify' },
};

/** What a public key of this algorithm and purpose can do without its private key; undefined if there is none. */
export const publicUseOf = (algorithm: AlgorithmName, purpose: Purpose): 'verify' | 'encrypt' | undefined =>
  publicUses[algorithmOf(algorithm).kind]?.[purpose];
