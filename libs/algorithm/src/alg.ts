/**
 * The purposes of keys. A key has exactly one, fixed at creation: a key that both wraps and decrypts gives its secrets away. A
 * `wrap` key also exists outside. It unwraps the keys that its owner imports, and nothing else. The shared secrets of an
 * `encapsulate` key leave the HSM for the caller; those of an `encrypt` key never do.
 */
export const purposes = ['encrypt', 'sign', 'mac', 'wrap', 'encapsulate'] as const;
export type Purpose = (typeof purposes)[number];

export type Hash = 'sha256' | 'sha384' | 'sha512';

/** The parameter sets of FIPS 203, table 2; of FIPS 204, table 1; and of FIPS 205, table 2. */
export type MlKemSet = 'ML-KEM-512' | 'ML-KEM-768' | 'ML-KEM-1024';
export type MlDsaSet = 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87';
export type SlhDsaSet = `SLH-DSA-${'SHA2' | 'SHAKE'}-${'128' | '192' | '256'}${'s' | 'f'}`;
export type ParameterSet = MlKemSet | MlDsaSet | SlhDsaSet;

/** A private name, until a standard has one: `ml-kem-jwe.md` in the worker's envelope room specifies it. */
export type MlKemJweAlg = `urn:ankasecure:jwe:${MlKemSet}+A256KW`;

/**
 * HPKE with ML-KEM (draft-ietf-jose-hpke-pq-pqt). HPKE encrypts the content, or with `-KE` the content key. Experimental: the names
 * and forms of a draft can change.
 */
export type HpkeAlg = `HPKE-${12 | 13}${'' | '-KE'}`;

/** JWE key management algorithms (RFC 7518 §4). */
export type JweAlg = 'RSA-OAEP-256' | 'ECDH-ES+A256KW' | 'A128KW' | 'A256KW' | 'dir' | MlKemJweAlg | HpkeAlg;

/**
 * JWS algorithms (RFC 7518 §3, RFC 8037, RFC 9864, RFC 9964). Signatures of SLH-DSA are raw only: JOSE names two of its twelve
 * parameter sets, in a draft (draft-ietf-cose-sphincs-plus).
 */
export type JwsAlg =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | MlDsaSet
  | SlhDsaSet;

/** AES key wrap with padding (RFC 5649; SP 800-38F §6.3). JOSE has no name for it: it wraps keys, never content. */
export type WrapAlg = 'AES-KWP';

/** Raw ML-KEM (FIPS 203 §7), by the name of its parameter set. It is no JOSE algorithm, and no JWE can name it. */
export type KemAlg = MlKemSet;

/** The algorithms that a key is used with. */
export type Alg = JwsAlg | JweAlg | WrapAlg | KemAlg;
