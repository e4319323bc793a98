import type { AlgorithmName } from '@ankasecure/algorithm';

export type Crv = 'P-256' | 'P-384' | 'P-521';

export interface Curve {
  /** The curve's name in OpenSSL. */
  readonly openssl: string;
  /** The length of one coordinate in bytes (RFC 7518 §6.2.1.2). */
  readonly bytes: number;
}

export const curves = {
  'P-256': { openssl: 'prime256v1', bytes: 32 },
  'P-384': { openssl: 'secp384r1', bytes: 48 },
  'P-521': { openssl: 'secp521r1', bytes: 66 },
} as const satisfies Record<Crv, Curve>;

export const isCrv = (name: unknown): name is Crv => typeof name === 'string' && Object.hasOwn(curves, name);

/** The curve of each algorithm whose keys agree on a secret. */
export const crvOfAlgorithm: Partial<Record<AlgorithmName, Crv>> = {
  'EC-P256': 'P-256',
  'EC-P384': 'P-384',
  'EC-P521': 'P-521',
};
