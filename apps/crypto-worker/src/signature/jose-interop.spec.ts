import { verifyItem as schema } from '@ankasecure/contracts';
import { CompactSign, compactVerify, FlattenedSign } from 'jose';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../jose/testing/failure.js';
import { jwsKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { kidOf } from '../key/key-version.js';
import { signItem } from './sign.js';
import { readJws, verifyItem } from './verify.js';

const text = Buffer.from('between two houses');
const payload = text.toString('base64url');

describe.each(jwsKeys)('jose and our code, %s with %s', (alg, algorithm, purpose) => {
  const { key, custody, secret } = knownKey(algorithm, purpose);
  const verifies = async (item: object): Promise<boolean> =>
    (await verifyItem(custody, soon, key, schema.parse(item))).valid;

  it('jose verifies our signature', async () => {
    const item = { keyId: key.keyId, payload, encoding: 'base64url', alg } as const;
    const whole = await signItem(custody, soon, key, { ...item, format: 'jws' });
    const detached = await signItem(custody, soon, key, { ...item, format: 'jws-detached' });
    for (const jws of [whole.jws, detached.jws?.replace('..', `.${payload}.`)]) {
      const verified = await compactVerify(jws ?? '', key.publicKey ?? secret, { algorithms: [alg] });
      expect(Buffer.from(verified.payload).equals(text)).toBe(true);
      expect(verified.protectedHeader).toEqual({ alg, kid: kidOf(key) });
    }
  });

  it('we verify a signature from jose', async () => {
    const jws = await new CompactSign(text).setProtectedHeader({ alg, typ: 'JWT' }).sign(secret);
    expect(await verifies({ jws })).toBe(true);
    const [header, , signature] = jws.split('.');
    expect(await verifies({ jws: `${header}..${signature}`, payload })).toBe(true);
  });

  it('jose signs unencoded payloads, which we refuse', async () => {
    const header = { alg, b64: false, crit: ['b64'] };
    const jws = await new FlattenedSign(text).setProtectedHeader(header).sign(secret);
    expect(await failureOf(() => readJws(`${jws.protected}..${jws.signature}`))).toMatchObject({ code: 'jws-invalid' });
  });
});
