/**
 * Why unwrapped material is refused, for the audit trail and the log. Callers get one answer for all:
 * whoever holds somebody else's wrapped key must not learn about it by trying.
 */
export const importFailures = {
  transport: 'The wrapping key does not open the AES key in front of the material.',
  unwrap: 'The wrapping key does not unwrap the material to a key of this algorithm.',
  length: 'The material does not have the length of such a key.',
  form: 'The material is not a PKCS#8 PrivateKeyInfo in DER.',
  pem: 'The material is PEM text, not DER.',
  encrypted: 'The material is an encrypted PKCS#8 key.',
  sec1: 'The material is a SEC1 (RFC 5915) key, not PKCS#8.',
  pkcs1: 'The material is a PKCS#1 key, not PKCS#8.',
  'trailing-bytes': 'More bytes follow the key.',
  kind: 'The material is a key of another algorithm.',
  curve: 'The key is on another curve.',
  scalar: 'The private key is not between 1 and the order of the curve.',
  'public-key': 'The public key in the material is not the one of the private key.',
  modulus: 'The modulus is even or does not have the size of the algorithm.',
  exponent: 'The public exponent is even or not between 2^16 and 2^256 (FIPS 186-5, section 5.4).',
  factors: 'The two factors are not the primes of the modulus.',
  'private-exponent': 'The private exponent does not match the public exponent and the factors.',
  crt: 'The values for the Chinese remainder theorem do not match the factors.',
  wrap: 'The token changes the key when it wraps it. Import it into custody token, or in a multiple of 8 bytes.',
  use: 'The token unwraps the key but cannot use it.',
} as const;

export type ImportFailureCode = keyof typeof importFailures;
