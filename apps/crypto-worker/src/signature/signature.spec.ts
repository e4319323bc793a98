import { createHash, createHmac, generateKeyPairSync, randomBytes, sign as signDirectly, verify } from 'node:crypto';
import { hashBytes, type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import {
  type SignItem,
  signItem as signSchema,
  type VerifyItem,
  verifyItem as verifySchema,
} from '@ankasecure/contracts';
import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../jose/testing/failure.js';
import { jwsKeys, type KnownKey, knownKey, soon } from '../jose/testing/known-key.js';
import { kidOf } from '../key/key-version.js';
import { derHint } from './der.js';
import { signItem } from './sign.js';
import { readJws, verifyItem } from './verify.js';

const text = 'a promise of the house, mit Umlaut ü';
const payload = Buffer.from(text).toString('base64url');
const decoded = (segment = ''): string => Buffer.from(segment, 'base64url').toString();
const digestOf = (alg: JwsAlg, message: string): string =>
  createHash(signatureSchemes[alg].hash ?? 'sha256')
    .update(message)
    .digest('base64url');

const signing = ({ key, custody }: KnownKey) => ({
  sign: async (item: Partial<SignItem>) =>
    await signItem(custody, soon, key, signSchema.parse({ keyId: key.keyId, ...item })),
  verify: async (item: Partial<VerifyItem>) =>
    await verifyItem(custody, soon, key, verifySchema.parse({ keyId: key.keyId, ...item })),
});

describe.each(jwsKeys)('%s with %s', (alg, algorithm, purpose) => {
  const known = knownKey(algorithm, purpose);
  const { sign, verify: check } = signing(known);
  const valid = { valid: true, alg };
  const invalid = { valid: false, alg };

  it('makes a JWS with alg and kid that verifies', async () => {
    const { jws = '', ...rest } = await sign({ payload, alg });
    expect(rest).toEqual({ alg });
    const [header, signed] = jws.split('.');
    expect(JSON.parse(decoded(header))).toEqual({ alg, kid: kidOf(known.key) });
    expect(decoded(signed)).toBe(text);
    expect(readJws(jws).kid).toBe(kidOf(known.key));
    expect(await check({ jws })).toEqual(valid);
    expect(await verifyItem(known.custody, soon, known.key, verifySchema.parse({ jws }), readJws(jws))).toEqual(valid);
  });

  it('accepts text and base64url alike', async () => {
    const { jws = '' } = await sign({ payload: text, encoding: 'utf8', alg });
    expect(decoded(jws.split('.')[1])).toBe(text);
    expect(await check({ jws })).toEqual(valid);
    const { signature = '' } = await sign({ payload: text, encoding: 'utf8', alg, format: 'raw' });
    expect(await check({ signature, payload, alg })).toEqual(valid);
    expect(await check({ signature, payload: text, encoding: 'utf8', alg })).toEqual(valid);
  });

  it('detaches the payload', async () => {
    const { jws = '' } = await sign({ payload, alg, format: 'jws-detached' });
    expect(jws.split('.')[1]).toBe('');
    expect(await check({ jws, payload })).toEqual(valid);
    expect(await check({ jws, payload: text, encoding: 'utf8' })).toEqual(valid);
    expect(await check({ jws, payload: 'AAAA' })).toEqual(invalid);
    expect(await check({ jws })).toMatchObject(invalid);
  });

  it('signs an empty message and a mebibyte', async () => {
    for (const content of ['', randomBytes(1024 * 1024).toString('base64url')]) {
      const { jws = '' } = await sign({ payload: content, alg });
      expect(await check({ jws })).toEqual(valid);
    }
  });

  it('detects a changed header, payload or signature', async () => {
    const { jws = '' } = await sign({ payload, alg });
    const [header = '', signed = '', signature = ''] = jws.split('.');
    const changed = Buffer.from(JSON.stringify({ alg, kid: kidOf(known.key), typ: 'JWT' })).toString('base64url');
    expect(await check({ jws: [changed, signed, signature].join('.') })).toEqual(invalid);
    expect(await check({ jws: [header, 'AAAA', signature].join('.') })).toEqual(invalid);
    const bytes = Buffer.from(signature, 'base64url');
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] as number) ^ 1;
      expect(await check({ jws: [header, signed, other.toString('base64url')].join('.') })).toEqual(invalid);
    }
    const malformed = [
      Buffer.alloc(0),
      bytes.subarray(1),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, bytes]),
      Buffer.alloc(bytes.length),
    ];
    for (const other of [...malformed, Buffer.alloc(bytes.length, 0xff), Buffer.concat([bytes, Buffer.of(0)])]) {
      expect(await check({ jws: [header, signed, other.toString('base64url')].join('.') })).toEqual(invalid);
      if (other.length > 0)
        expect(await check({ signature: other.toString('base64url'), payload, alg })).toEqual(invalid);
    }
  });

  it('does not verify another key’s signature', async () => {
    const { jws = '' } = await sign({ payload, alg });
    expect(await signing(knownKey(algorithm, purpose)).verify({ jws })).toEqual(invalid);
  });

  const { scheme, hash } = signatureSchemes[alg];
  const takesDigest = hash !== null && scheme !== 'hmac';
  if (takesDigest)
    it('signs a digest as it signs the message', async () => {
      const { signature = '' } = await sign({ digest: digestOf(alg, text), format: 'raw', alg });
      expect(await check({ signature, payload, alg })).toEqual(valid);
      for (const length of [0, 20, hashBytes[hash] - 1, hash === 'sha512' ? 48 : 64]) {
        const digest = Buffer.alloc(length).toString('base64url');
        expect(await failureOf(() => sign({ digest, format: 'raw', alg }))).toMatchObject({ code: 'request-invalid' });
        expect(await failureOf(() => check({ digest, signature, alg }))).toMatchObject({ code: 'request-invalid' });
      }
    });

  if (takesDigest)
    it('verifies by digest', async () => {
      const { signature = '' } = await sign({ payload, format: 'raw', alg });
      expect(await check({ signature, digest: digestOf(alg, text), alg })).toEqual(valid);
      expect(await check({ signature, digest: digestOf(alg, 'another'), alg })).toEqual(invalid);
    });

  if (!takesDigest)
    it('refuses a digest', async () => {
      const digest = digestOf(alg, text);
      expect(await failureOf(() => sign({ digest, format: 'raw', alg }))).toMatchObject({ code: 'request-invalid' });
      expect(await failureOf(() => check({ digest, signature: 'AAAA', alg }))).toMatchObject({
        code: 'request-invalid',
      });
    });
});

describe('a detached JWS', () => {
  it.each(['EC-P256', 'RSA-3072', 'HMAC-SHA256'] as const)(
    'of %s whose payload is not sent gets a hint',
    async (algorithm) => {
      const { sign, verify: check } = signing(knownKey(algorithm, algorithm === 'HMAC-SHA256' ? 'mac' : 'sign'));
      const { jws = '' } = await sign({ payload, format: 'jws-detached' });
      const hint = expect.stringContaining('send what was signed as payload') as unknown;
      expect(await check({ jws })).toMatchObject({ valid: false, hint });
      expect(await check({ jws, payload })).toMatchObject({ valid: true });
      expect(await check({ jws, payload: 'AAAA' })).not.toHaveProperty('hint');
    },
  );

  it('is not suspected behind a JWS of an empty payload, which is valid', async () => {
    const { sign, verify: check } = signing(knownKey('EC-P256', 'sign'));
    const { jws = '' } = await sign({ payload: '', format: 'jws' });
    expect(await check({ jws })).toEqual({ valid: true, alg: 'ES256' });
  });
});

describe('ECDSA', () => {
  it('does not accept a DER signature', async () => {
    const { verify: check } = signing(knownKey('EC-P256', 'sign'));
    expect(
      await check({ signature: Buffer.from('3006020101020101', 'hex').toString('base64url'), payload }),
    ).toMatchObject({ valid: false, hint: expect.stringContaining('is in DER. ES256 has 64 bytes') as unknown });
  });

  it.each([
    ['ES256', 'P-256', '64'],
    ['ES384', 'P-384', '96'],
    ['ES512', 'P-521', '132'],
  ] as const)('%s of OpenSSL in DER gets a hint, always', (alg, namedCurve, bytes) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    for (let time = 0; time < 20; time++)
      expect(derHint(alg, signDirectly('sha256', randomBytes(9), privateKey))).toContain(
        `${alg} has ${bytes} bytes, r‖s`,
      );
  });

  it.each([
    ['r‖s that begins like DER', 'ES256', `303e${'02'.repeat(62)}`],
    ['bytes after it', 'ES256', '300602010102010100'],
    ['a third number', 'ES256', '3009020101020101020101'],
    ['one number', 'ES256', '3003020101'],
    ['an empty number', 'ES256', '300402000200'],
    ['nothing', 'ES256', ''],
    ['a length that is none', 'ES256', '3080020101020101'],
    ['DER for RSA', 'RS256', '3006020101020101'],
    ['DER for Ed25519', 'EdDSA', '3006020101020101'],
  ] as const)('%s gets none', (_, alg, hex) => {
    expect(derHint(alg, Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});

describe('the algorithm', () => {
  const rsa = knownKey('RSA-2048', 'sign');

  it('is the first of the key record by default', async () => {
    const { sign } = signing(rsa);
    expect(await sign({ payload })).toMatchObject({ alg: 'RS256' });
    const { signature = '', alg } = await sign({ payload, format: 'raw' });
    expect(alg).toBe('RS256');
    expect(verify('sha256', Buffer.from(text), rsa.key.publicKey ?? '', Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
  });

  it("must be one of the key record's", async () => {
    const pinned = knownKey('RSA-2048', 'sign', { alg: 'PS384', secret: rsa.secret });
    const { jws = '' } = await signing(rsa).sign({ payload, alg: 'RS256' });
    const { sign, verify: check } = signing(pinned);
    expect(await sign({ payload })).toMatchObject({ alg: 'PS384' });
    expect(await failureOf(() => sign({ payload, alg: 'RS256' }))).toMatchObject({ code: 'algorithm-mismatch' });
    expect(await failureOf(() => check({ jws }))).toMatchObject({ code: 'algorithm-mismatch' });
    expect(await failureOf(() => check({ signature: 'AAAA', payload, alg: 'ES256' }))).toMatchObject({
      code: 'algorithm-mismatch',
    });
  });

  // RFC 9864 §2.2 names the algorithm that RFC 8037 §3.1 calls EdDSA.
  it.each([
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
  ] as const)(
    'of an Ed25519 key is %s in all that it signs, and it verifies what others call %s',
    async (own, others) => {
      const open = knownKey('Ed25519', 'sign');
      const { sign, verify: check } = signing(knownKey('Ed25519', 'sign', { alg: own, secret: open.secret }));
      expect(await sign({ payload })).toMatchObject({ alg: own });
      expect(await failureOf(() => sign({ payload, alg: others }))).toMatchObject({ code: 'algorithm-mismatch' });
      const { jws = '' } = await signing(open).sign({ payload, alg: others });
      expect(await check({ jws })).toEqual({ valid: true, alg: others });
    },
  );

  it('of header and request must agree', async () => {
    const { sign, verify: check } = signing(rsa);
    const { jws = '' } = await sign({ payload, alg: 'RS256' });
    expect(await failureOf(() => check({ jws, alg: 'PS256' }))).toMatchObject({ code: 'algorithm-mismatch' });
  });

  it('cannot be changed from RS256 to an HMAC over the public key', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: kidOf(rsa.key) })).toString('base64url');
    const pem = rsa.key.publicKey?.export({ format: 'pem', type: 'spki' }) ?? '';
    const mac = createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url');
    const { verify: check } = signing(rsa);
    expect(await failureOf(() => check({ jws: `${header}.${payload}.${mac}` }))).toMatchObject({
      code: 'algorithm-mismatch',
    });
  });

  it('of an encryption key is none of these', async () => {
    const { sign, verify: check } = signing(knownKey('EC-P256', 'encrypt'));
    expect(await failureOf(() => sign({ payload }))).toMatchObject({ code: 'purpose-mismatch' });
    expect(await failureOf(() => check({ signature: 'AAAA', payload }))).toMatchObject({ code: 'purpose-mismatch' });
  });
});

describe('a JWS with a payload', () => {
  it('does not accept a second payload', async () => {
    const { sign, verify: check } = signing(knownKey('HMAC-SHA256', 'mac'));
    const { jws = '' } = await sign({ payload });
    expect(await failureOf(() => check({ jws, payload }))).toMatchObject({ code: 'request-invalid' });
  });

  it('passes on the errors of a token in trouble', async () => {
    const known = knownKey('HMAC-SHA256', 'mac');
    const { sign, verify: check } = signing(known);
    const { jws = '' } = await sign({ payload });
    const trouble = await failureOf(() => readJws(''));
    vi.spyOn(known.custody, 'sign').mockRejectedValue(trouble);
    await expect(sign({ payload })).rejects.toBe(trouble);
    await expect(check({ jws })).rejects.toBe(trouble);
  });
});
