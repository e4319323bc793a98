import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HpkeAlg, hpkeAlgs, hpkeSuiteOf } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { knownKey, soon } from '../jose/testing/known-key.js';
import { mlKemKeyOfSeed } from '../jose/testing/ml-kem-seed.js';
import { vectorFolder, vectorsAbsent } from '../jose/testing/vector.js';
import { openJwe, readJwe } from './decrypt.js';
import { sealJwe } from './encrypt.js';

const keyOf = (alg: HpkeAlg, secret?: KeyObject) =>
  knownKey(hpkeSuiteOf(alg).set, 'encrypt', { alg, ...(secret && { secret }) });
const headerOf = (jwe: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
const withHeader = (jwe: string, header: object): string =>
  [Buffer.from(JSON.stringify(header)).toString('base64url'), ...jwe.split('.').slice(1)].join('.');

describe.each(hpkeAlgs)('%s', (alg) => {
  const { set, keyEncryption } = hpkeSuiteOf(alg);
  const { key, custody } = keyOf(alg);
  const seal = async (plaintext: Uint8Array, aad?: Uint8Array) =>
    (await sealJwe(custody, soon, key, { plaintext, enc: 'A256GCM', aad })).jwe;
  const open = async (jwe: string, aad?: Uint8Array) =>
    Buffer.from((await openJwe(custody, soon, key, readJwe(jwe), aad)).plaintext);

  it.each([0, 1, 32, 100_000])('opens %i bytes that it sealed', async (size) => {
    const plaintext = randomBytes(size);
    expect(await open(await seal(plaintext))).toEqual(plaintext);
  });

  it('has the members and segments of the draft', async () => {
    const jwe = await seal(randomBytes(10));
    const lengths = jwe.split('.').map((segment) => Buffer.from(segment, 'base64url').length);
    const kem = set === 'ML-KEM-768' ? 1088 : 1568;
    const members = keyEncryption ? ['alg', 'enc', 'kid', 'ek'] : ['alg', 'kid'];
    expect(Object.keys(headerOf(jwe))).toEqual(members);
    expect(lengths.slice(1)).toEqual(keyEncryption ? [48, 12, 10, 16] : [kem, 0, 26, 0]);
  });

  it('binds additional data', async () => {
    const jwe = await seal(randomBytes(5), Buffer.from('a'));
    expect(await open(jwe, Buffer.from('a'))).toHaveLength(5);
    await expect(open(jwe, Buffer.from('b'))).rejects.toMatchObject({ code: 'decryption-failed' });
    await expect(open(jwe)).rejects.toMatchObject({ code: 'decryption-failed' });
  });

  it('refuses each changed part in one way', async () => {
    const jwe = await seal(randomBytes(64));
    const segments = jwe.split('.');
    for (const [index, segment] of segments.entries()) {
      const bytes = Buffer.from(segment, 'base64url');
      if (index === 0 || bytes.length === 0) continue;
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const other = segments.with(index, changed.toString('base64url')).join('.');
        await expect(open(other)).rejects.toMatchObject({ code: 'decryption-failed' });
      }
      for (const length of [0, 1, bytes.length - 1]) {
        const other = segments.with(index, bytes.subarray(0, length).toString('base64url')).join('.');
        const code = index === 2 || index === 4 ? 'jwe-invalid' : 'decryption-failed';
        await expect(open(other)).rejects.toMatchObject({ code });
      }
    }
    await expect(open(withHeader(jwe, { ...headerOf(jwe), kid: 'x' }))).rejects.toMatchObject({
      code: 'decryption-failed',
    });
    for (const index of [2, 4].filter((at) => segments[at] === ''))
      await expect(open(segments.with(index, 'AAAA').join('.'))).rejects.toMatchObject({ code: 'jwe-invalid' });
  });

  it('does not open a JWE of another suite of the same key', async () => {
    const jwe = await seal(randomBytes(8));
    const others = hpkeAlgs.filter((other) => other !== alg && hpkeSuiteOf(other).set === set);
    for (const other of others) {
      const otherKey = { ...key, algs: [other], ref: { ...key.ref, alg: other } };
      await expect(openJwe(custody, soon, otherKey, readJwe(jwe), undefined)).rejects.toMatchObject({
        code: 'algorithm-mismatch',
      });
    }
  });

  const missing: readonly object[] = keyEncryption
    ? [{ enc: undefined }, { ek: undefined }, { ek: 'AA' }, { ek: 5 }, { enc: 'A512GCM' }]
    : [{ enc: 'A256GCM' }, { ek: 'AA' }, { enc: null }];
  it.each(missing)('refuses a header with %j before any key is used', async (members) => {
    const jwe = await seal(randomBytes(8));
    expect(() => readJwe(withHeader(jwe, { ...headerOf(jwe), ...members }))).toThrow(
      expect.objectContaining({ code: 'jwe-invalid' }),
    );
  });
});

describe.skipIf(vectorsAbsent)('the vectors of the draft', () => {
  it.each(['HPKE-12', 'HPKE-13'] as const)('%s opens', async (alg) => {
    const jwk = JSON.parse(readFileSync(join(vectorFolder, 'hpke-pq/jwks', `${alg}.json`), 'utf8')) as Record<
      string,
      string
    >;
    const { set } = hpkeSuiteOf(alg);
    const secret = mlKemKeyOfSeed(set, Buffer.from(jwk['priv'] ?? '', 'base64url'));
    expect(createPrivateKey(secret.export({ format: 'pem', type: 'pkcs8' })).asymmetricKeyType).toBe(set.toLowerCase());
    const { key, custody } = keyOf(alg, secret);
    const jwe = readFileSync(join(vectorFolder, 'hpke-pq/jwe', `${alg}-compact.txt`), 'utf8').trim();
    const { plaintext } = await openJwe(custody, soon, key, readJwe(jwe), undefined);
    expect(Buffer.from(plaintext).toString()).toMatch(/^You can trust us to stick with you through thick and thin/);
  });
});
