import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto';
import type { AlgorithmName } from '@ankasecure/algorithm';
import { enterSoftHsmToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, inTime, newRef } from '../custody.conformance.js';
import type { Custody, KeyRef, Wrapping } from '../custody.js';
import { CustodyByKind } from '../custody-by-kind.js';
import { openBothCustodies } from './wrapped-custody.js';

const token = enterSoftHsmToken();
const id = (): Buffer => randomBytes(16);
let custody: Custody;
let wrapping: Wrapping;
let importKey: Buffer;
let publicKey: KeyObject;

beforeAll(async () => {
  const { token: objects, wrapped } = await openBothCustodies(partitionOn(token), listeningLogger(), {
    tuning: { longSelfTests: false },
  });
  custody = new CustodyByKind(objects, wrapped);
  const [kek, blobMac] = [id(), id()];
  importKey = id();
  await custody.generatePlatformKey(inTime(), 'kek', kek, 'kek');
  await custody.generatePlatformKey(inTime(), 'blob-mac', blobMac, 'blob-mac');
  const { value } = await custody.generatePlatformKey(inTime(60_000), 'import', importKey, 'import');
  publicKey = createPublicKey({ key: Buffer.from(value.spki ?? []), format: 'der', type: 'spki' });
  wrapping = { kek, blobMac, kekGeneration: 1, tenantId: 't', keyId: 'k', version: 1 };
});
afterAll(async () => {
  await custody.close();
  token.remove();
});

/** As somebody outside does it. */
const wrap = (bytes: Uint8Array, aes = randomBytes(32)): Buffer => {
  const { oaepHash } = custody.importAbility();
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash.replace('-', '').toLowerCase() };
  const cipher = createCipheriv(`id-aes${aes.length * 8}-wrap-pad`, aes, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([publicEncrypt({ key: publicKey, ...padding }, aes), cipher.update(bytes), cipher.final()]);
};
const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const bring = async (ref: KeyRef, wrappedKey: Uint8Array, wrapped: boolean) => {
  const key = { ref, label: 'mine', ...(wrapped ? { wrapping } : {}) };
  const { value } = await custody.importKey(inTime(), key, { importKey, wrappedKey });
  return { spki: value.spki, ref: value.wrapped === null ? ref : { ...ref, wrapped: { ...value.wrapped, wrapping } } };
};

const pairs: [AlgorithmName, () => { publicKey: KeyObject; privateKey: KeyObject }][] = [
  ['RSA-2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['EC-P256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['EC-P384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['EC-P521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
];

describe.each([
  ['token', false],
  ['wrapped', true],
] as const)('a key that is brought into %s custody', (_custody, wrapped) => {
  it.each(pairs)('of %s is the one it was, and its public half is computed', async (algorithm, make) => {
    const mine = make();
    const { spki, ref } = await bring(newRef(algorithm, 'sign'), wrap(pkcs8(mine.privateKey)), wrapped);
    expect(Buffer.from(spki ?? [])).toEqual(mine.publicKey.export({ format: 'der', type: 'spki' }));
    const message = randomBytes(40);
    const digest = createHash('sha256').update(message).digest();
    const request = algorithm.startsWith('EC')
      ? ({ scheme: 'ecdsa' } as const)
      : ({ scheme: 'rsa-pss', hash: 'sha256' } as const);
    const { value } = await custody.sign(inTime(), ref, request, digest);
    const how = algorithm.startsWith('EC')
      ? { dsaEncoding: 'ieee-p1363' as const }
      : { padding: constants.RSA_PKCS1_PSS_PADDING };
    expect(verify('sha256', message, { key: mine.publicKey, ...how }, value)).toBe(true);
  });

  it('of HMAC-SHA384 and of AES-256 is the one it was', async () => {
    const secret = randomBytes(48);
    const { ref: macRef, spki } = await bring(newRef('HMAC-SHA384', 'mac'), wrap(secret), wrapped);
    expect(spki).toBeNull();
    const { value } = await custody.sign(inTime(), macRef, { scheme: 'hmac', hash: 'sha384' }, Buffer.from('x'));
    expect(Buffer.from(value)).toEqual(createHmac('sha384', secret).update('x').digest());

    const aes = randomBytes(32);
    const { ref } = await bring(newRef('AES-256', 'encrypt', 'A256KW'), wrap(aes, randomBytes(16)), wrapped);
    const cek = randomBytes(32);
    const cipher = createCipheriv('id-aes256-wrap', aes, Buffer.alloc(8, 0xa6));
    const expected = Buffer.concat([cipher.update(cek), cipher.final()]);
    expect(Buffer.from((await custody.wrapCek(inTime(), ref, cek)).value)).toEqual(expected);
  });

  it('of RSA with a public exponent that FIPS 186-5 does not admit is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    const failure = bring(newRef('RSA-2048', 'sign'), wrap(pkcs8(privateKey)), wrapped);
    expect(await codeOf(failure)).toBe('decryption-failed');
  });

  it('is refused alike whatever is wrong with it, and leaves nothing', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const good = wrap(pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));
    const flipped = (at: number): Buffer => {
      const copy = Buffer.from(good);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const bad: [AlgorithmName, Uint8Array][] = [
      ['EC-P256', wrap(pkcs8(ec))],
      ['EC-P256', wrap(ec.export({ format: 'der', type: 'sec1' }))],
      ['EC-P256', wrap(pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey))],
      ['RSA-3072', wrap(pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey))],
      ['EC-P256', flipped(3)],
      ['EC-P256', flipped(good.length - 3)],
      ['EC-P256', good.subarray(0, 512)],
      ['EC-P256', good.subarray(1)],
      ['Ed25519', wrap(pkcs8(generateKeyPairSync('ed25519').privateKey))],
    ];
    for (const [algorithm, material] of bad) {
      const ref = newRef(algorithm, 'sign');
      expect(await codeOf(bring(ref, material, wrapped)), `${algorithm} ${material.length}`).toBe('decryption-failed');
      expect((await custody.destroy(inTime(), ref.objectId)).value).toBe(0);
    }
    for (const size of [16, 31, 40]) {
      const ref = newRef('AES-256', 'encrypt', 'dir');
      expect(await codeOf(bring(ref, wrap(randomBytes(size)), wrapped)), String(size)).toBe('decryption-failed');
    }
    expect(custody.healthy()).toBe(true);
  });
});
