import { constants, diffieHellman, generateKeyPair, type KeyObject, publicEncrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { ContentAlg, HpkeAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import { encodeSegment } from '../jose/base64url.js';
import { crvOfAlgorithm, curves } from '../jose/curve.js';
import type { KeyVersion } from '../key/key-version.js';
import { publicKeyTurns } from '../turn/own-turns.js';
import { quickTurns } from '../turn/thread-turns.js';
import { keyEncryptionKey } from './agreement.js';
import { encapsulateCek } from './encapsulation.js';
import { noAad, sealHpke } from './hpke.js';
import type { KeyEncryptionAlg } from './jwe-alg.js';
import { wrapKey } from './key-wrap.js';

export interface ProtectedCek {
  readonly encryptedKey: Uint8Array;
  /** JSON of the ephemeral public key; only for ECDH-ES. */
  readonly epk?: string;
  /** base64url of the ciphertext of ML-KEM. */
  readonly ek?: string;
}

/** Encrypts a content encryption key to `key`. The caller owns `cek` and wipes it. */
type ProtectCek = (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  cek: Uint8Array,
  enc: ContentAlg,
) => Promise<ProtectedCek>;

export const publicKeyOf = ({ publicKey }: KeyVersion): KeyObject => {
  if (publicKey === null) throw new AnkaError('internal-error');
  return publicKey;
};

const newKeyPair = promisify(generateKeyPair);
const agreeOn = promisify(diffieHellman);

const encryptOaep: ProtectCek = async (_custody, budget, key, cek) => {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const encryptedKey = await publicKeyTurns.take(budget, () =>
    publicEncrypt({ key: publicKeyOf(key), padding, oaepHash: 'sha256' }, cek),
  );
  return { encryptedKey };
};

/** The curve arithmetic runs on libuv's threads. On the main thread P-521 would delay all other work for milliseconds. */
const agreeAndWrap: ProtectCek = async (_custody, budget, key, cek) => {
  const crv = crvOfAlgorithm[key.algorithm];
  if (crv === undefined) throw new AnkaError('internal-error');
  const { ephemeral, z } = await quickTurns.take(budget, async () => {
    const pair = await newKeyPair('ec', { namedCurve: curves[crv].openssl });
    return { ephemeral: pair, z: await agreeOn({ privateKey: pair.privateKey, publicKey: publicKeyOf(key) }) };
  });
  const kek = keyEncryptionKey(z);
  const encryptedKey = wrapKey(kek, cek);
  z.fill(0);
  kek.fill(0);
  const { x, y } = ephemeral.publicKey.export({ format: 'jwk' });
  return { encryptedKey, epk: JSON.stringify({ kty: 'EC', crv, x, y }) };
};

const wrapInToken: ProtectCek = async (custody, budget, key, cek) => {
  return { encryptedKey: await custody.wrapCek(budget, key.ref, cek) };
};

const encapsulate: ProtectCek = (_custody, budget, key, cek) => encapsulateCek(budget, publicKeyOf(key), cek);

const sealByHpke =
  (alg: HpkeAlg): ProtectCek =>
  async (_custody, budget, key, cek, enc) => {
    const message = { plaintext: cek, enc, aad: noAad };
    const { encapsulated, ciphertext } = await sealHpke(budget, alg, publicKeyOf(key), message);
    return { encryptedKey: ciphertext, ek: encodeSegment(encapsulated) };
  };

/** One row per algorithm that has a content encryption key (RFC 7518 §4.3 RSA-OAEP-256, §4.4 AES-KW, §4.6 ECDH-ES). */
export const protectCek = {
  'RSA-OAEP-256': encryptOaep,
  'ECDH-ES+A256KW': agreeAndWrap,
  A128KW: wrapInToken,
  A256KW: wrapInToken,
  'urn:ankasecure:jwe:ML-KEM-512+A256KW': encapsulate,
  'urn:ankasecure:jwe:ML-KEM-768+A256KW': encapsulate,
  'urn:ankasecure:jwe:ML-KEM-1024+A256KW': encapsulate,
  'HPKE-12-KE': sealByHpke('HPKE-12-KE'),
  'HPKE-13-KE': sealByHpke('HPKE-13-KE'),
} as const satisfies Record<KeyEncryptionAlg, ProtectCek>;
