import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AlgorithmName, algorithmNames, algorithmOf, secretBytesOf } from '@ankasecure/algorithm';
import type { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { importFailed } from '../custody/import-failed.js';
import { importFailures } from '../custody/import-failure.js';
import { failureCodeOf } from '../outcome/event.js';
import { assertLengths, filledAdvice } from './material-length.js';

const wrapped = (bytes: number): number => 8 + 8 * Math.ceil(bytes / 8);

/** @returns the detail of a refusal, or undefined */
const refusal = (...of: Parameters<typeof assertLengths>): string | undefined => {
  try {
    assertLengths(...of);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'request-invalid' });
    return (error as AnkaError).detail;
  }
};

const curves: Partial<Record<AlgorithmName, string>> = { 'EC-P256': 'P-256', 'EC-P384': 'P-384', 'EC-P521': 'P-521' };
const pkcs8Of = (name: AlgorithmName): Buffer => {
  const namedCurve = curves[name];
  const { privateKey } =
    namedCurve === undefined
      ? generateKeyPairSync('rsa', { modulusLength: algorithmOf(name).bits })
      : generateKeyPairSync('ec', { namedCurve });
  return privateKey.export({ format: 'der', type: 'pkcs8' });
};

describe('the length of wrapped material', () => {
  it.each(algorithmNames.filter((name) => ['rsa', 'ec'].includes(algorithmOf(name).kind)))(
    'of %s is accepted as PKCS#8, and refused as PEM',
    (name) => {
      const { length } = pkcs8Of(name);
      expect(refusal(name, 'aes-kwp', wrapped(length))).toBeUndefined();
      expect(refusal(name, 'rsa-aes-kwp', 512 + wrapped(length))).toBeUndefined();
      expect(refusal(name, 'aes-kwp', wrapped(Math.ceil((length * 4) / 3) + 56))).toContain('PEM text');
      const bare = refusal(name, 'aes-kwp', wrapped(Math.ceil(algorithmOf(name).bits / 8)));
      expect(bare).toMatch(/^(?!.*PEM).*of a bare private number/);
    },
  );

  it.each([
    ['EC-P256', pkcs8Of('EC-P384'), ['EC-P384']],
    ['EC-P521', generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }), ['Ed25519']],
    ['EC-P384', pkcs8Of('RSA-2048'), ['RSA-2048']],
    ['RSA-2048', pkcs8Of('RSA-4096'), ['RSA-4096']],
    [
      'RSA-2048',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'der', type: 'pkcs8' }),
      [],
    ],
    ['RSA-2048', Buffer.alloc(40), []],
  ] as const)('of %s names only the causes that have it', (name, { length }, others) => {
    const said = refusal(name, 'aes-kwp', wrapped(length)) ?? '';
    expect(said).toContain(`in DER has`);
    expect(said).not.toMatch(/PEM|encrypted PKCS#8 file/);
    expect([...said.matchAll(/of a key of ([A-Za-z0-9-]+)/g)].map(([, other]) => other)).toEqual(others);
  });

  it.each(['EC-P256', 'EC-P384', 'RSA-2048', 'RSA-3072'] as const)('of %s tells encrypted files', (name) => {
    const key = createPrivateKey({ key: pkcs8Of(name), format: 'der', type: 'pkcs8' });
    const secret = { type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const [der, text] = [key.export({ ...secret, format: 'der' }), key.export({ ...secret, format: 'pem' })];
    expect(refusal(name, 'aes-kwp', wrapped(der.length))).toContain('of an encrypted PKCS#8 file (decrypt it)');
    expect(refusal(name, 'aes-kwp', wrapped(text.length))).toContain('of an encrypted PKCS#8 file in PEM');
  });

  it.each([
    ['HMAC-SHA256', 64, undefined],
    ['HMAC-SHA256', 65, '72'],
    ['HMAC-SHA256', 100, '104'],
    ['HMAC-SHA256', 128, '128'],
    ['HMAC-SHA384', 128, undefined],
    ['HMAC-SHA512', 127, undefined],
    ['AES-256', 32, undefined],
  ] as const)('of %s with %i bytes tells where filling it up would change it', (name, bytes, exactly) => {
    const told = [
      filledAdvice(name, 'aes-kwp', wrapped(bytes)),
      filledAdvice(name, 'rsa-aes-kwp', 512 + wrapped(bytes)),
    ];
    const expected =
      exactly === undefined ? undefined : (expect.stringContaining(`must have exactly ${exactly}.`) as unknown);
    expect(told).toEqual([expected, expected]);
  });

  it.each(algorithmNames.filter((name) => ['aes', 'hmac'].includes(algorithmOf(name).kind)))(
    'of %s is that of the key',
    (name) => {
      const { least, most } = secretBytesOf(algorithmOf(name));
      for (const bytes of [least, most]) expect(refusal(name, 'aes-kwp', wrapped(bytes))).toBeUndefined();
      for (const bytes of [least - 8, most + 1]) expect(refusal(name, 'aes-kwp', wrapped(bytes))).toContain(name);
    },
  );

  it.each([0, 8, 12, 23])('must be that of AES key wrap, not %i bytes', (bytes) => {
    expect(refusal('AES-128', 'aes-kwp', bytes)).toContain('multiples of 8');
    expect(refusal('AES-128', 'rsa-aes-kwp', 512 + bytes)).toContain('512 bytes of RSA-OAEP');
  });
});

describe('the failure codes of imports', () => {
  const codes = Object.keys(importFailures);

  it('are all in the page, and no others', () => {
    const page = readFileSync(new URL('import.md', import.meta.url), 'utf8');
    const told = [...page.matchAll(/^\| `import-failed:([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
    expect(told.toSorted()).toEqual(codes.toSorted());
  });

  it('reach the audit event and not the caller', () => {
    const errors = codes.map(importFailed);
    expect(errors.map(failureCodeOf)).toEqual(codes.map((code) => `import-failed:${code}`));
    expect(new Set(errors.map(({ code, detail }) => `${code} ${detail}`)).size).toBe(1);
  });
});
