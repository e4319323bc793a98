import type { tokenAlgorithms } from './identity.config.js';

export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** The members of a JWK that say which algorithms it can verify. */
export interface TypedKey {
  readonly kty: string;
  readonly crv?: string;
  readonly alg?: TokenAlgorithm | undefined;
}

/** What verifies with a key of this type and curve (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864). A key of AKP names its own (RFC 9964). */
const fits: Readonly<Record<string, readonly TokenAlgorithm[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
};

/** The algorithms among `allowed` that a key can verify; its own alone, if it names one. */
export const algorithmsOf = ({ kty, crv, alg }: TypedKey, allowed: readonly TokenAlgorithm[]): TokenAlgorithm[] => {
  const able = alg === undefined ? (fits[kty === 'RSA' ? kty : `${kty} ${crv}`] ?? []) : [alg];
  return able.filter((one) => allowed.includes(one));
};

/** What a caller should do about a key for which `able` is not one algorithm. */
export const adviceOn = ({ kty }: TypedKey, able: readonly TokenAlgorithm[]): string =>
  able.length > 1
    ? `send alg: the key can verify ${able.join(', ')}`
    : kty === 'AKP'
      ? 'send alg: a key of AKP names its algorithm (RFC 9964)'
      : 'the alg of every key must be in algorithms';
