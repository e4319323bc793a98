import { base64url, CompactEncrypt, errors, flattenedVerify, importJWK, type JWK } from 'jose';
import type { ItemCallOptions } from '../batch/item-operation.js';
import type { Schemas } from '../operation/operation.js';
import { raced } from '../transport/wait.js';
import { isPlainEncryption } from './item-form.js';
import type { KeySets } from './key-sets.js';
import type { PublicKeys } from './public-keys.js';
import { isCanonical, readPlainJws } from './token-form.js';

/** What both say of a signature, this client and the platform. */
export interface LocalVerification extends Pick<Schemas['VerifyResult'], 'valid' | 'keyId' | 'version' | 'alg'> {
  /** Who judged it. */
  readonly by: 'client' | 'platform';
}

export interface LocalEncryption extends Pick<Schemas['EncryptResult'], 'jwe' | 'keyId' | 'version' | 'alg' | 'enc'> {
  readonly by: 'client' | 'platform';
}

/** A compact JWS, with its payload if that is detached. */
export type JwsToVerify = Pick<Schemas['VerifyRequest'], 'payload' | 'encoding'> & { readonly jws: string };

/** The part of the client that asks the platform. */
interface Platform {
  verify(item: Schemas['VerifyRequest'], options?: ItemCallOptions): Promise<Schemas['VerifyResult']>;
  encrypt(item: Schemas['EncryptRequest'], options?: ItemCallOptions): Promise<Schemas['EncryptResult']>;
}

/** The algorithms that WebCrypto has everywhere. */
const signatureAlgs = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const encryptionAlgs = ['RSA-OAEP-256', 'ECDH-ES+A256KW'];
/** Our kids are the id of the key and the number of the version. */
const ownKid = /^([0-9a-f-]{36})\.([1-9]\d*)$/;

/** The members of a request that are judged here. Others, such as the key that must have signed, are the platform's to judge. */
const judgedHere = ['jws', 'payload', 'encoding'];

const bytesOf = (text: string, encoding: 'utf8' | 'base64url' = 'base64url'): Uint8Array =>
  encoding === 'utf8' ? new TextEncoder().encode(text) : base64url.decode(text);

const hashOf = async (bytes: Uint8Array): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));

/** Keys are asked for once for all who need them, so a signal ends only its own caller's wait. */
const leaving = <Result>(work: Promise<Result>, { signal }: ItemCallOptions): Promise<Result> =>
  signal === undefined ? work : raced(work, signal);

/**
 * Verifies and encrypts here, with the tenant's public keys. What cannot be decided here is asked of the platform: a token in an
 * unusual form, a key or an algorithm that this client does not have, a key that may not protect any more. Neither the tenant's
 * policy nor its quota nor the audit trail is concerned with what happens here.
 */
export class Local {
  constructor(
    private readonly platform: Platform,
    private readonly keys: PublicKeys,
    private readonly sets: KeySets,
    private readonly tenant: string | undefined,
  ) {}

  /** @throws AnkaSecureError as `verify` of the client, if the platform is asked */
  async verify(item: JwsToVerify, options: ItemCallOptions = {}): Promise<LocalVerification> {
    const here = await leaving(this.verifyHere(item), options);
    if (here !== undefined) return here;
    const { valid, alg, keyId, version } = await this.platform.verify(item, options);
    return { valid, keyId, version, alg, by: 'platform' };
  }

  /** @returns undefined for what the platform must judge */
  private async verifyHere(item: JwsToVerify): Promise<LocalVerification | undefined> {
    if (!Object.keys(item).every((name) => judgedHere.includes(name))) return undefined;
    const { jws, payload, encoding } = item;
    const plain = readPlainJws(jws);
    const [, keyId, version] = ownKid.exec(plain?.header.kid ?? '') ?? [];
    if (plain === undefined || keyId === undefined || this.tenant === undefined) return undefined;
    const { alg, kid } = plain.header;
    const signed =
      payload === undefined ? plain.payload : plain.payload === '' ? segmentOf(payload, encoding) : undefined;
    if (signed === undefined || !signatureAlgs.includes(alg)) return undefined;
    const jwk = await this.sets.findNow(this.tenant, kid);
    if (jwk === undefined || !fits(jwk, alg)) return undefined;
    const valid = await isValid(jws, signed, jwk, alg);
    return { valid, keyId, version: Number(version), alg: alg as LocalVerification['alg'], by: 'client' };
  }

  /** @throws AnkaSecureError as `encrypt` of the client, if the platform is asked, or as reading the key */
  async encrypt(item: Schemas['EncryptRequest'], options: ItemCallOptions = {}): Promise<LocalEncryption> {
    if (!isPlainEncryption(item)) return { ...(await this.platform.encrypt(item, options)), by: 'platform' };
    const key = await leaving(this.keys.of(item.keyId ?? item.alias ?? ''), options);
    const jwk: JWK | undefined = key.publicKey?.jwk;
    const alg = key.algs.find((name) => encryptionAlgs.includes(name));
    const { aad, encoding, plaintext, enc = 'A256GCM' } = item;
    if (jwk?.kid === undefined || alg === undefined || key.state !== 'ACTIVE' || key.purpose !== 'encrypt')
      return { ...(await this.platform.encrypt(item, options)), by: 'platform' };
    const bound = aad === undefined ? {} : { 'aad#S256': await hashOf(bytesOf(aad, encoding)) };
    const header = { alg, enc, kid: jwk.kid, ...bound };
    const jwe = await new CompactEncrypt(bytesOf(plaintext, encoding))
      .setProtectedHeader(header)
      .encrypt(await importJWK(jwk, alg));
    return { jwe, keyId: key.id, version: key.version, alg: alg as LocalEncryption['alg'], enc, by: 'client' };
  }
}

/** Whether the key is used with this alg: an RSA key with the one of its record, an EC key with that of its curve. */
const fits = ({ kty, crv, alg: own }: JWK, alg: string): boolean =>
  kty === 'RSA' ? own === undefined || own === alg : kty === 'EC' && crv === curves[alg];
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** The segment of a detached payload; undefined for a text that the platform refuses. */
const segmentOf = (payload: string, encoding: 'utf8' | 'base64url' | undefined): string | undefined => {
  if (encoding === 'utf8') return payload.isWellFormed() ? base64url.encode(payload) : undefined;
  return isCanonical(payload) ? payload : undefined;
};

const isValid = async (jws: string, payload: string, jwk: JWK, alg: string): Promise<boolean> => {
  const [head = '', , signature = ''] = jws.split('.');
  try {
    await flattenedVerify({ protected: head, payload, signature }, await importJWK(jwk, alg), { algorithms: [alg] });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error;
  }
};
