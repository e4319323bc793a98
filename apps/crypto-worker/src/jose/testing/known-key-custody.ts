import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  decapsulate,
  diffieHellman,
  type KeyObject,
  privateDecrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { Custody, GcmSealed, KeyRef, SignatureRequest, TokenIdentity } from '../../custody/custody.js';
import { type Crv, curves, isCrv } from '../curve.js';
import { concatenated, openssl, privatePem } from './openssl.js';

const token: TokenIdentity = {
  label: 'known keys',
  serial: '0',
  manufacturer: 'test',
  model: 'known keys',
  firmware: '0',
  profile: 'none',
};

const unsupported = (): never => {
  throw new Error('the known-key custody holds keys that tests give it, and makes none');
};
const initialValue = Buffer.alloc(8, 0xa6);
const wrapCipher = ({ algorithm }: KeyRef): string => (algorithm === 'AES-128' ? 'aes128-wrap' : 'aes256-wrap');

/** The options for openssl to sign a digest, per scheme. */
const pkeyOptions = (request: SignatureRequest): readonly string[] => {
  if (request.scheme === 'ecdsa') return [];
  if (request.scheme === 'rsa-pkcs1') return ['-pkeyopt', `digest:${request.hash}`];
  if (request.scheme !== 'rsa-pss') return unsupported();
  const options = [`digest:${request.hash}`, 'rsa_padding_mode:pss', 'rsa_pss_saltlen:digest'];
  return options.flatMap((option) => ['-pkeyopt', option]);
};

const wholeMessage: readonly SignatureRequest['scheme'][] = ['eddsa', 'ml-dsa', 'slh-dsa'];

/** node:crypto signs only messages. A digest is signed by this machine's openssl. */
const signDigest = (key: KeyObject, request: SignatureRequest, digest: Uint8Array): Uint8Array => {
  const args = ['pkeyutl', '-sign', '-inkey', 'key.pem', ...pkeyOptions(request)];
  const signature = openssl(args, { 'key.pem': privatePem(key) }, digest);
  if (request.scheme !== 'ecdsa') return signature;
  const { crv } = key.export({ format: 'jwk' });
  return concatenated(signature, curves[isCrv(crv) ? crv : unsupported()].bytes);
};

const peerKey = (crv: Crv, point: Uint8Array): KeyObject => {
  const { bytes } = curves[crv];
  const coordinate = (from: number): string => Buffer.from(point.subarray(from, from + bytes)).toString('base64url');
  const key = { kty: 'EC', crv, x: coordinate(1), y: coordinate(1 + bytes) };
  return createPublicKey({ key, format: 'jwk' });
};

const failing = <Value>(work: () => Value): Promise<Value> => {
  try {
    return Promise.resolve(work());
  } catch (cause) {
    return Promise.reject(new AnkaError('decryption-failed', 'as custody words it', { cause }));
  }
};

/**
 * TEST ONLY. A `Custody` of keys whose private parts the test knows, for published vectors and keys of other libraries that
 * no token would import. Everything else is tested on tokens.
 */
export class KnownKeyCustody implements Custody {
  readonly kind = 'software';
  readonly token = token;
  /** The number of calls. A test uses it to show that the gate refused before any. */
  calls = 0;
  private readonly keys = new Map<string, KeyObject>();

  add(objectId: Uint8Array, key: KeyObject): void {
    this.keys.set(Buffer.from(objectId).toString('hex'), key);
  }

  private key({ objectId }: KeyRef): KeyObject {
    this.calls += 1;
    const key = this.keys.get(Buffer.from(objectId).toString('hex'));
    if (key === undefined) throw new AnkaError('key-not-found');
    return key;
  }

  async sign(_: unknown, ref: KeyRef, request: SignatureRequest, input: Uint8Array): Promise<Uint8Array> {
    const key = this.key(ref);
    if (request.scheme === 'hmac') return createHmac(request.hash, key).update(input).digest();
    return wholeMessage.includes(request.scheme) ? sign(null, input, key) : signDigest(key, request, input);
  }

  decryptOaep(_: unknown, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array> {
    const key = this.key(ref);
    return failing(() =>
      privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, ciphertext),
    );
  }

  async agree(_: unknown, ref: KeyRef, peer: Uint8Array): Promise<Uint8Array> {
    const privateKey = this.key(ref);
    const { crv } = privateKey.export({ format: 'jwk' });
    return diffieHellman({ privateKey, publicKey: peerKey(isCrv(crv) ? crv : unsupported(), peer) });
  }

  async wrapCek(_: unknown, ref: KeyRef, cek: Uint8Array): Promise<Uint8Array> {
    return createCipheriv(wrapCipher(ref), this.key(ref), initialValue).update(cek);
  }

  unwrapCek(_: unknown, ref: KeyRef, wrapped: Uint8Array): Promise<Uint8Array> {
    const key = this.key(ref);
    return failing(() => createDecipheriv(wrapCipher(ref), key, initialValue).update(wrapped));
  }

  decapsulateCek(_: unknown, ref: KeyRef, ciphertext: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array> {
    const key = this.key(ref);
    return failing(() => {
      const secret = decapsulate(key, ciphertext);
      return createDecipheriv('aes256-wrap', secret, initialValue).update(wrapped);
    });
  }

  decapsulate(_: unknown, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array> {
    const key = this.key(ref);
    return failing(() => decapsulate(key, ciphertext));
  }

  async sealGcm(_: unknown, ref: KeyRef, aad: Uint8Array, plaintext: Uint8Array): Promise<GcmSealed> {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key(ref), iv).setAAD(aad);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return { iv, ciphertext, tag: cipher.getAuthTag() };
  }

  openGcm(_: unknown, ref: KeyRef, { iv, ciphertext, tag }: GcmSealed, aad: Uint8Array): Promise<Uint8Array> {
    const key = this.key(ref);
    return failing(() => {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad).setAuthTag(tag);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    });
  }

  capability = unsupported;
  known = unsupported;
  capabilities = unsupported;
  generate = unsupported;
  generatePlatformKey = unsupported;
  platformObjects = unsupported;
  findByLabel = unsupported;
  checkPlatformKey = unsupported;
  destroy = unsupported;
  readAnchor = unsupported;
  writeAnchor = unsupported;
  rewrap = unsupported;
  importAbility = unsupported;
  importKey = unsupported;
  forgetUnwrapped = unsupported;
  uri = unsupported;
  platformMac = unsupported;
  platformSign = unsupported;
  random = async (_budget: unknown, length: number): Promise<Uint8Array> => randomBytes(length);
  healthy = (): boolean => true;
  close = (): Promise<void> => Promise.resolve();
}
