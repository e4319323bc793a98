import { constants, createCipheriv, createECDH, encapsulate, publicEncrypt, randomBytes } from 'node:crypto';
import { type Alg, type AlgorithmName, type JwsAlg, mlKemJweAlg } from '@ankasecure/algorithm';
import { behindShim, enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime, newPlatformRef, newRef, publicKeyOf } from '../custody.conformance.js';
import type { Custody, KeyRef, SignatureRequest } from '../custody.js';
import { keepingBlobs, wrappingBy } from '../testing/keeping-blobs.js';
import { notOffered, notWrapped } from '../testing/token-limit.js';
import { openBothCustodies } from './wrapped-custody.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);

type Calls = Readonly<Record<string, number>>;

/** One use of a key, and the calls that it may make once the key is known to its lane. */
interface Row {
  readonly name: string;
  readonly alg: Alg;
  readonly use: (custody: Custody, ref: KeyRef, spki: Uint8Array | null) => Promise<() => Promise<unknown>>;
  readonly ref: () => KeyRef;
  readonly calls: Calls;
}

const signing: Calls = { C_SignInit: 1, C_Sign: 1 };
/** The binding asks for an attribute's length first. */
const reading: Calls = { C_GetAttributeValue: 2, C_DestroyObject: 1 };
const digest = randomBytes(32);

const signs = (
  algorithm: AlgorithmName,
  alg: JwsAlg,
  request: SignatureRequest,
  input = digest,
  purpose: 'sign' | 'mac' = 'sign',
): Row => ({
  name: `${algorithm} ${alg}`,
  alg,
  ref: () => newRef(algorithm, purpose),
  use: (custody, ref) => Promise.resolve(() => custody.sign(inTime(), ref, request, input)),
  calls: signing,
});

const rows: readonly Row[] = [
  signs('EC-P256', 'ES256', { scheme: 'ecdsa' }),
  signs('EC-P384', 'ES384', { scheme: 'ecdsa' }),
  signs('RSA-2048', 'RS256', { scheme: 'rsa-pkcs1', hash: 'sha256' }),
  signs('RSA-2048', 'PS256', { scheme: 'rsa-pss', hash: 'sha256' }),
  signs('Ed25519', 'EdDSA', { scheme: 'eddsa' }),
  signs('HMAC-SHA256', 'HS256', { scheme: 'hmac', hash: 'sha256' }, digest, 'mac'),
  signs('ML-DSA-65', 'ML-DSA-65', { scheme: 'ml-dsa' }),
  signs('SLH-DSA-SHA2-128f', 'SLH-DSA-SHA2-128f', { scheme: 'slh-dsa' }),
  {
    name: 'AES-256 dir, to encrypt',
    alg: 'dir',
    ref: () => newRef('AES-256', 'encrypt', 'dir'),
    use: (custody, ref) => Promise.resolve(() => custody.sealGcm(inTime(), ref, digest, digest)),
    calls: { C_EncryptInit: 1, C_Encrypt: 1 },
  },
  {
    name: 'AES-256 dir, to decrypt',
    alg: 'dir',
    ref: () => newRef('AES-256', 'encrypt', 'dir'),
    use: async (custody, ref) => {
      const sealed = await custody.sealGcm(inTime(), ref, digest, digest);
      return () => custody.openGcm(inTime(), ref, sealed, digest);
    },
    calls: { C_DecryptInit: 1, C_Decrypt: 1 },
  },
  {
    name: 'AES-256 A256KW, to encrypt',
    alg: 'A256KW',
    ref: () => newRef('AES-256', 'encrypt', 'A256KW'),
    use: (custody, ref) => Promise.resolve(() => custody.wrapCek(inTime(), ref, digest)),
    calls: { C_CreateObject: 1, C_WrapKey: 1, C_DestroyObject: 1 },
  },
  {
    name: 'AES-256 A256KW, to decrypt',
    alg: 'A256KW',
    ref: () => newRef('AES-256', 'encrypt', 'A256KW'),
    use: async (custody, ref) => {
      const wrapped = await custody.wrapCek(inTime(), ref, digest);
      return () => custody.unwrapCek(inTime(), ref, wrapped);
    },
    calls: { C_UnwrapKey: 1, ...reading },
  },
  {
    name: 'RSA-2048 RSA-OAEP-256, to decrypt',
    alg: 'RSA-OAEP-256',
    ref: () => newRef('RSA-2048', 'encrypt', 'RSA-OAEP-256'),
    use: (custody, ref, spki) => {
      const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
      const sealed = publicEncrypt({ key: publicKeyOf(spki), ...padding }, digest);
      return Promise.resolve(() => custody.decryptOaep(inTime(), ref, sealed));
    },
    calls: { C_DecryptInit: 1, C_Decrypt: 1 },
  },
  {
    name: 'EC-P256 ECDH-ES+A256KW, to decrypt',
    alg: 'ECDH-ES+A256KW',
    ref: () => newRef('EC-P256', 'encrypt', 'ECDH-ES+A256KW'),
    use: (custody, ref) => {
      const peer = createECDH('prime256v1').generateKeys();
      return Promise.resolve(() => custody.agree(inTime(), ref, peer));
    },
    calls: { C_DeriveKey: 1, ...reading },
  },
  {
    name: 'ML-KEM-768, to decrypt',
    alg: mlKemJweAlg('ML-KEM-768'),
    ref: () => newRef('ML-KEM-768', 'encrypt', mlKemJweAlg('ML-KEM-768')),
    use: (custody, ref, spki) => {
      const { sharedKey, ciphertext } = encapsulate(publicKeyOf(spki));
      const wrapped = createCipheriv('aes256-wrap', sharedKey, Buffer.alloc(8, 0xa6)).update(digest);
      return Promise.resolve(() => custody.decapsulateCek(inTime(), ref, ciphertext, wrapped));
    },
    calls: { C_DecapsulateKey: 1, C_UnwrapKey: 1, ...reading, C_DestroyObject: 2 },
  },
  {
    name: 'ML-KEM-768, to decapsulate',
    alg: 'ML-KEM-768',
    ref: () => newRef('ML-KEM-768', 'encapsulate'),
    use: (custody, ref, spki) => {
      const { ciphertext } = encapsulate(publicKeyOf(spki));
      return Promise.resolve(() => custody.decapsulate(inTime(), ref, ciphertext));
    },
    calls: { C_DecapsulateKey: 1, ...reading },
  },
];

const rounds = 5;
/** Every call of a lane is the test's: the canary runs once, at the start. */
const tuning = { healthMs: 3_600_000, doubtMs: 3_600_000, longSelfTests: false };

/** The calls that were made while `work` ran, by function. */
const callsDuring = async (work: () => Promise<unknown>): Promise<Calls> => {
  const before = shim.allCalls();
  await work();
  return Object.fromEntries(
    Object.entries(shim.allCalls())
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
};

const times = (calls: Calls, factor: number): Calls =>
  Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, count * factor]));

describe.each(['token', 'wrapped'] as const)('the calls that a warm lane makes for a key of custody %s', (kind) => {
  const lacking = { token: notOffered, wrapped: notWrapped }[kind][token.name];
  let custody: Custody;
  beforeAll(async () => {
    const partition = { ...partitionOn(token), libraryPath: shim.libraryPath, sessionPoolSize: 1 };
    const both = await openBothCustodies(partition, listeningLogger(), { tuning });
    custody = kind === 'token' ? both.token : keepingBlobs(both.wrapped, await wrappingBy(both.wrapped));
  });
  afterAll(() => custody.close());

  it.each(rows.filter(({ alg }) => !lacking.includes(alg)).map((row) => [row.name, row] as const))(
    '%s',
    async (_, { ref: newOne, use, calls }) => {
      const ref = newOne();
      const { spki } = await custody.generate(inTime(), { ref });
      const once = await use(custody, ref, spki);
      await once();
      const made = await callsDuring(async () => {
        for (let round = 0; round < rounds; round++) await once();
      });
      expect(made).toEqual(times(calls, rounds));
    },
  );

  it('the MAC of a platform key', async () => {
    const ref = newPlatformRef('audit-mac');
    await custody.generatePlatformKey(inTime(), ref);
    const once = (): Promise<unknown> => custody.platformMac(inTime(), ref, digest);
    await once();
    expect(await callsDuring(once)).toEqual(signing);
  });
});
