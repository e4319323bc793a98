import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DecryptResult, Key, SignResult, VerifyResult } from '@ankasecure/contracts';
import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

let tenant: Tenant;
let asked = 0;
const elsewhere = createServer((_, response) => void response.end(String(++asked)));
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void elsewhere.close());

const place = (): string => `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`;

/** Headers that have no meaning here (RFC 7515 §4, RFC 7516 §4). Entra ID and AD FS send `x5t`, ACME sends `url`. */
const foreign = () => ({
  typ: 'JWT',
  x5t: 'nOo3ZDrODXEK1jKWhXslHR_KXEg',
  'x5t#S256': 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o',
  x5c: ['MIIB'],
  x5u: place(),
  jku: place(),
  url: place(),
  zzz: { any: ['thing'] },
});

const encoded = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');

describe('a JWS with a foreign header', () => {
  const verify = (jws: string, keyId: string) => tenant.admin.post<VerifyResult>('/verify', { jws, keyId });
  let key: Key;
  beforeAll(async () => {
    key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  });

  it('is verified with the key that the request names', async () => {
    const input = `${encoded({ alg: 'ES256', kid: 'theirs', ...foreign(), zip: 'DEF', apu: 'QQ' })}.AAAA`;
    const body = { keyId: key.id, payload: input, encoding: 'utf8', format: 'raw' };
    const { signature } = await tenant.admin.post<SignResult>('/sign', body);
    expect(await verify(`${input}.${signature}`, key.id)).toMatchObject({ valid: true, version: 1 });
  });

  it('is not believed: a key of its own verifies nothing', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const header = { ...foreign(), alg: 'ES256', jwk: await exportJWK(publicKey), kid: `${key.id}.1` };
    const jws = await new CompactSign(Buffer.from('AAAA')).setProtectedHeader(header).sign(privateKey);
    expect(await verify(jws, key.id)).toMatchObject({ valid: false });
  });

  it('is refused if it has a member that must be understood', async () => {
    const jws = `${encoded({ alg: 'ES256', kid: `${key.id}.1`, crit: ['x5t'], x5t: 'AAAA' })}.AAAA.AAAA`;
    const refused = await tenant.admin.send<{ detail: string }>('POST', '/verify', { body: { jws } });
    expectProblem(refused, 'jws-invalid');
    expect(refused.body.detail).toContain('crit');
  });
});

describe('a JWE with a foreign header', () => {
  const seal = async (key: Key, header: object): Promise<string> =>
    new CompactEncrypt(Buffer.from('hello'))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'theirs', ...header })
      .encrypt(await importJWK(key.publicKey?.jwk ?? {}, 'RSA-OAEP-256'));
  const open = (jwe: string, keyId: string) =>
    tenant.admin.send<DecryptResult & { detail: string }>('POST', '/decrypt', {
      body: { jwe, keyId, encoding: 'utf8' },
    });

  it('is opened with the key that the request names, and refused if it is compressed', async () => {
    const key = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    const jwk = await exportJWK((await generateKeyPair('ES256')).publicKey);
    const opened = await open(await seal(key, { ...foreign(), jwk, b64: false, p2c: 1 }), key.id);
    expect(opened.body, opened.text).toMatchObject({ plaintext: 'hello' });
    const [, ...rest] = (await seal(key, {})).split('.');
    const compressed = encoded({ alg: 'RSA-OAEP-256', enc: 'A256GCM', zip: 'DEF' });
    const refused = await open([compressed, ...rest].join('.'), key.id);
    expectProblem(refused, 'jwe-invalid');
    expect(refused.body.detail).toMatch(/member zip is not accepted: .*without compression/);
  });
});

it('no address in a header was asked', () => {
  expect(asked).toBe(0);
});
