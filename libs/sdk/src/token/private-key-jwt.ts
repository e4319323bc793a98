import { type CryptoKey, importJWK, importPKCS8, type JWK, SignJWT } from 'jose';
import type { Credential } from './credential.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Seconds. The platform accepts five minutes at most. */
const lifetime = 60;

export interface PrivateKeyJwtOptions {
  readonly clientId: string;
  /** The private key: of WebCrypto, as JWK, or PKCS#8 in PEM. It may be one that cannot be exported. */
  readonly key: CryptoKey | JWK | string;
  /** The `kid` and `alg` under which the account has the public half. A JWK may carry both itself. */
  readonly kid?: string;
  readonly alg?: string;
  /** The audience of assertions, if the platform knows itself by another URL than `baseUrl`. */
  readonly audience?: string;
}

const isJwk = (key: CryptoKey | JWK): key is JWK => 'kty' in key;

const imported = async (key: PrivateKeyJwtOptions['key'], alg: string): Promise<CryptoKey> => {
  if (typeof key === 'string') return importPKCS8(key, alg);
  if (!isJwk(key)) return key;
  const { use: _, key_ops: __, ...bare } = key;
  return (await importJWK(bare, alg)) as CryptoKey;
};

const named = (key: PrivateKeyJwtOptions['key'], member: 'kid' | 'alg'): string | undefined =>
  typeof key === 'object' && isJwk(key) ? key[member] : undefined;

/**
 * Authenticates by assertions that the account's private key signs (RFC 7523 §2.2).
 * @throws TypeError if no `alg` is named
 */
export const privateKeyJwt = (options: PrivateKeyJwtOptions): Credential => {
  const { clientId, key, audience } = options;
  const alg = options.alg ?? named(key, 'alg');
  const kid = options.kid ?? named(key, 'kid');
  if (alg === undefined) throw new TypeError('Name the alg of the key, as the service account has it.');
  let signer: Promise<CryptoKey> | undefined;
  const form = async (endpoint: string): Promise<URLSearchParams> => {
    signer ??= imported(key, alg);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience ?? endpoint)
      .setJti(crypto.randomUUID())
      .setExpirationTime(`${lifetime}s`)
      .sign(await signer);
    return new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: assertion,
    });
  };
  return { form };
};
