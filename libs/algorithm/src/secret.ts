import type { Algorithm } from './algorithm.js';

/** The longest HMAC key, in bytes: the block of SHA-512. HMAC hashes a longer key first (RFC 2104 §3), so it is no stronger. */
export const maxHmacBytes = 128;

/**
 * The lengths that a secret key can have, in bytes. An HMAC key has at least those of its hash (RFC 7518 §3.2), and a key that
 * is made here has exactly those; AES has one length.
 */
export const secretBytesOf = ({ kind, bits }: Pick<Algorithm, 'kind' | 'bits'>) => ({
  least: bits / 8,
  most: kind === 'hmac' ? maxHmacBytes : bits / 8,
});

export const fitsSecret = (of: Pick<Algorithm, 'kind' | 'bits'>, bytes: number): boolean => {
  const { least, most } = secretBytesOf(of);
  return bytes >= least && bytes <= most;
};
