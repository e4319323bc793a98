import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
} from 'node:crypto';
import type { AlgorithmName } from '@ankasecure/algorithm';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CustodyByKind } from '../assembly/custody-by-kind.js';
import { codeOf, destroyed, inTime, newPlatformRef, newRef, wrapKwp, wrapRsaKwp } from '../custody.conformance.js';
import type { Custody, ImportedMaterial, KeyRef, PlatformRef, Wrapping } from '../custody.js';
import { SoftwareCustody } from '../software/software-custody.js';
import { openBothCustodies } from './wrapped-custody.js';

const token = enterToken();
let custody: Custody;
let wrapping: Wrapping;
let importKey: PlatformRef;
let publicKey: KeyObject;
/** The value of the keys for wrap, and their references. */
const transport = randomBytes(32);
let wrappers: { readonly token: KeyRef; readonly wrapped: KeyRef };

beforeAll(async () => {
  const {
    token: objects,
    wrapped,
    vault,
  } = await openBothCustodies(partitionOn(token), listeningLogger(), {
    tuning: { longSelfTests: false },
  });
  custody = new CustodyByKind(objects, wrapped, new SoftwareCustody(vault));
  const [kek, blobMac] = [newPlatformRef('kek', 't'), newPlatformRef('blob-mac', 't')];
  importKey = newPlatformRef('import', 't');
  await custody.generatePlatformKey(inTime(), kek);
  await custody.generatePlatformKey(inTime(), blobMac);
  const value = await custody.generatePlatformKey(inTime(60_000), importKey);
  publicKey = createPublicKey({ key: Buffer.from(value.spki ?? []), format: 'der', type: 'spki' });
  wrapping = {
    kek: kek.objectId,
    blobMac: blobMac.objectId,
    kekGeneration: 1,
    tenantId: 't',
    keyId: 'k',
    version: 1,
  };
  const wrapperIn = async (wrapped: boolean): Promise<KeyRef> =>
    (await bring(newRef('AES-256', 'wrap'), byImportKey.of(transport), wrapped)).ref;
  wrappers = { token: await wrapperIn(false), wrapped: await wrapperIn(true) };
});
afterAll(async () => {
  await custody.close();
  token.remove();
});

/** One method of import, as a caller uses it. */
interface Way {
  /** Wraps a key's bytes. */
  readonly of: (bytes: Uint8Array) => ImportedMaterial;
  /** The offset of the key itself; the wrapping material precedes it. */
  readonly keyAt: number;
}
const byImportKey: Way = {
  of: (bytes) => ({ method: 'rsa-aes-kwp', importKey, wrappedKey: wrapRsaKwp(custody, publicKey, bytes) }),
  keyAt: 512,
};
const under = (place: 'token' | 'wrapped'): Way => ({
  of: (bytes) => ({ method: 'aes-kwp', wrappingKey: wrappers[place], wrappedKey: wrapKwp(transport, bytes) }),
  keyAt: 0,
});

const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const bring = async (ref: KeyRef, material: ImportedMaterial, wrapped: boolean) => {
  const key = { ref, ...(wrapped ? { wrapping } : {}) };
  const value = await custody.importKey(inTime(), key, material);
  return { spki: value.spki, ref: value.wrapped === null ? ref : { ...ref, wrapped: { ...value.wrapped, wrapping } } };
};

const pairs: [AlgorithmName, () => { publicKey: KeyObject; privateKey: KeyObject }][] = [
  ['RSA-2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['EC-P256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['EC-P384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['EC-P521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
];

/** An RSA key with an even prime: no computation with it ends. */
const brokenRsa = (): KeyObject => {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const p = Buffer.from(jwk.p ?? '', 'base64url');
  p[p.length - 1] = 0;
  return createPrivateKey({ key: { ...jwk, p: p.toString('base64url') }, format: 'jwk' });
};

const ways = [
  ['the import key', byImportKey],
  ['a key for wrap in the token', under('token')],
  ['a wrapped key for wrap', under('wrapped')],
] as const;
const places = [
  ['token', false],
  ['wrapped', true],
] as const;

describe.each(
  places.flatMap(([custodyKind, wrapped]) => ways.map(([name, way]) => [custodyKind, name, wrapped, way] as const)),
)('a key that is imported into %s custody under %s', (_custody, _name, wrapped, way) => {
  const wrap = way.of;
  it.each(pairs)('of %s is unchanged, and its public half is computed', async (algorithm, make) => {
    const mine = make();
    const { spki, ref } = await bring(newRef(algorithm, 'sign'), wrap(pkcs8(mine.privateKey)), wrapped);
    expect(Buffer.from(spki ?? [])).toEqual(mine.publicKey.export({ format: 'der', type: 'spki' }));
    const message = randomBytes(40);
    const digest = createHash('sha256').update(message).digest();
    const request = algorithm.startsWith('EC')
      ? ({ scheme: 'ecdsa' } as const)
      : ({ scheme: 'rsa-pss', hash: 'sha256' } as const);
    const value = await custody.sign(inTime(), ref, request, digest);
    const how = algorithm.startsWith('EC')
      ? { dsaEncoding: 'ieee-p1363' as const }
      : { padding: constants.RSA_PKCS1_PSS_PADDING };
    expect(verify('sha256', message, { key: mine.publicKey, ...how }, value)).toBe(true);
  });

  it('of HMAC-SHA384 and of AES-256 is unchanged', async () => {
    const secret = randomBytes(48);
    const { ref: macRef, spki } = await bring(newRef('HMAC-SHA384', 'mac'), wrap(secret), wrapped);
    expect(spki).toBeNull();
    const value = await custody.sign(inTime(), macRef, { scheme: 'hmac', hash: 'sha384' }, Buffer.from('x'));
    expect(Buffer.from(value)).toEqual(createHmac('sha384', secret).update('x').digest());

    const aes = randomBytes(32);
    const { ref } = await bring(newRef('AES-256', 'encrypt', 'A256KW'), wrap(aes), wrapped);
    const cek = randomBytes(32);
    const cipher = createCipheriv('id-aes256-wrap', aes, Buffer.alloc(8, 0xa6));
    const expected = Buffer.concat([cipher.update(cek), cipher.final()]);
    expect(Buffer.from(await custody.wrapCek(inTime(), ref, cek))).toEqual(expected);
  });

  it('of RSA with a public exponent that FIPS 186-5 does not allow is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    const failure = bring(newRef('RSA-2048', 'sign'), wrap(pkcs8(privateKey)), wrapped);
    expect(await codeOf(failure)).toBe('decryption-failed');
  });

  it('is refused alike whatever is wrong with it, and leaves nothing', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const good = wrap(pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));
    const changed = (change: (bytes: Buffer) => Uint8Array): ImportedMaterial => ({
      ...good,
      wrappedKey: change(Buffer.from(good.wrappedKey)),
    });
    const flipped = (at: number): ImportedMaterial =>
      changed((copy) => {
        copy[at] = (copy[at] ?? 0) ^ 1;
        return copy;
      });
    const bad: [AlgorithmName, ImportedMaterial][] = [
      ['EC-P256', wrap(pkcs8(ec))],
      ['EC-P256', wrap(ec.export({ format: 'der', type: 'sec1' }))],
      ['EC-P256', wrap(pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey))],
      ['RSA-3072', wrap(pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey))],
      ['RSA-2048', wrap(pkcs8(brokenRsa()))],
      ['EC-P256', flipped(3)],
      ['EC-P256', flipped(good.wrappedKey.length - 3)],
      ['EC-P256', changed((copy) => copy.subarray(0, way.keyAt))],
      ['EC-P256', changed((copy) => copy.subarray(1))],
      ['Ed25519', wrap(pkcs8(generateKeyPairSync('ed25519').privateKey))],
    ];
    for (const [algorithm, material] of bad) {
      const ref = newRef(algorithm, 'sign');
      expect(await codeOf(bring(ref, material, wrapped)), `${algorithm} ${material.wrappedKey.length}`).toBe(
        'decryption-failed',
      );
      expect(await destroyed(custody, ref)).toBe(0);
    }
    for (const size of [16, 31, 40]) {
      const ref = newRef('AES-256', 'encrypt', 'dir');
      expect(await codeOf(bring(ref, wrap(randomBytes(size)), wrapped)), String(size)).toBe('decryption-failed');
    }
    expect(custody.healthy()).toBe(true);
  });
});
