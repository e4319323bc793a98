import type { Hash, JweAlg, JwsAlg } from './alg.js';
import { mlDsaSets, rowPer, slhDsaSets } from './parameter-set.js';

/** The computation of a JWS algorithm. The scheme names the token's operation, and the hash its input. */
export interface SignatureScheme {
  readonly scheme: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'eddsa' | 'hmac' | 'ml-dsa' | 'slh-dsa';
  /** null means that the scheme takes the whole message (PureEdDSA, RFC 8032; FIPS 204 §5.2, FIPS 205 §10.2, with an empty context). */
  readonly hash: Hash | null;
}

const of = (scheme: SignatureScheme['scheme'], hash: Hash | null): SignatureScheme => ({ scheme, hash });

/** RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864, RFC 9964. RSASSA-PSS salts are as long as the hash, MGF1 uses the same hash (§3.5). */
export const signatureSchemes = {
  RS256: of('rsa-pkcs1', 'sha256'),
  RS384: of('rsa-pkcs1', 'sha384'),
  RS512: of('rsa-pkcs1', 'sha512'),
  PS256: of('rsa-pss', 'sha256'),
  PS384: of('rsa-pss', 'sha384'),
  PS512: of('rsa-pss', 'sha512'),
  ES256: of('ecdsa', 'sha256'),
  ES384: of('ecdsa', 'sha384'),
  ES512: of('ecdsa', 'sha512'),
  EdDSA: of('eddsa', null),
  Ed25519: of('eddsa', null),
  HS256: of('hmac', 'sha256'),
  HS384: of('hmac', 'sha384'),
  HS512: of('hmac', 'sha512'),
  ...rowPer(mlDsaSets, () => of('ml-dsa', null)),
  ...rowPer(slhDsaSets, () => of('slh-dsa', null)),
} as const satisfies Record<JwsAlg, SignatureScheme>;

export const hashBytes = { sha256: 32, sha384: 48, sha512: 64 } as const satisfies Record<Hash, number>;

/** Ed25519 has two names: the fully specified one (RFC 9864 §2.2), and that of RFC 8037 §3.1, which every library knows. */
const sameSignature: Partial<Record<JwsAlg, readonly JwsAlg[]>> = {
  EdDSA: ['EdDSA', 'Ed25519'],
  Ed25519: ['Ed25519', 'EdDSA'],
};

/** Every name of the algorithm `alg` for a key that has it. A signature does not depend on the name. */
export const namesOfAlg = (alg: JwsAlg): readonly JwsAlg[] => sameSignature[alg] ?? [alg];

export const jwsAlgs = Object.keys(signatureSchemes) as readonly JwsAlg[];

/** Whether a JWS can have the algorithm. The others make raw signatures. */
export const makesJws = (alg: JwsAlg): boolean => signatureSchemes[alg].scheme !== 'slh-dsa';

/** The algorithms that the header of a JWS may name. */
export const jwsHeaderAlgs = jwsAlgs.filter(makesJws);

export const jweAlgs = [
  'RSA-OAEP-256',
  'ECDH-ES+A256KW',
  'A128KW',
  'A256KW',
  'dir',
  'urn:ankasecure:jwe:ML-KEM-512+A256KW',
  'urn:ankasecure:jwe:ML-KEM-768+A256KW',
  'urn:ankasecure:jwe:ML-KEM-1024+A256KW',
  'HPKE-12',
  'HPKE-12-KE',
  'HPKE-13',
  'HPKE-13-KE',
] as const satisfies readonly JweAlg[];
