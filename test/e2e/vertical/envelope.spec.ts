import { randomBytes } from 'node:crypto';
import { contentAlgs } from '@ankasecure/algorithm';
import {
  type DecryptResult,
  decryptResult,
  type EncryptResult,
  encryptResult,
  type Key,
  type listAlgorithms,
} from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { type NewKey, newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

const kinds: readonly (NewKey & { readonly alg: string })[] = [
  { algorithm: 'RSA-2048', purpose: 'encrypt', alg: 'RSA-OAEP-256' },
  { algorithm: 'RSA-3072', purpose: 'encrypt', alg: 'RSA-OAEP-256' },
  { algorithm: 'EC-P256', purpose: 'encrypt', alg: 'ECDH-ES+A256KW' },
  { algorithm: 'EC-P384', purpose: 'encrypt', alg: 'ECDH-ES+A256KW' },
  { algorithm: 'EC-P521', purpose: 'encrypt', alg: 'ECDH-ES+A256KW' },
  { algorithm: 'AES-128', purpose: 'encrypt', alg: 'A128KW' },
  { algorithm: 'AES-256', purpose: 'encrypt', alg: 'A256KW' },
  { algorithm: 'AES-256', purpose: 'encrypt', alg: 'dir' },
];

const text = 'Zahlen, 数字, 🔑';
const headerOf = (jwe: string): unknown => JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString());

describe.each(kinds)('encryption with $algorithm, $alg', (kind) => {
  let tenant: Tenant;
  let key: Key;
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
    key = await tenant.createKey(kind);
  });
  const encrypt = (body: object): Promise<EncryptResult> => tenant.admin.post('/encrypt', { keyId: key.id, ...body });
  const decrypt = (body: object): Promise<DecryptResult> => tenant.admin.post('/decrypt', body);

  it('returns text', async () => {
    const sealed = encryptResult.parse(await encrypt({ plaintext: text, encoding: 'utf8' }));
    expect(sealed).toMatchObject({
      keyId: key.id,
      version: 1,
      algorithm: kind.algorithm,
      alg: kind.alg,
      custody: 'token',
    });
    expect(headerOf(sealed.jwe)).toMatchObject({ alg: kind.alg, enc: 'A256GCM', kid: `${key.id}.1` });
    const opened = decryptResult.parse(await decrypt({ jwe: sealed.jwe, encoding: 'utf8' }));
    expect(opened).toMatchObject({ plaintext: text, encoding: 'utf8', keyId: key.id, alg: kind.alg });
  });

  it.each([0, 1, 15, 16, 17, 65_536])('returns %i bytes', async (size) => {
    const plaintext = randomBytes(size).toString('base64url');
    const { jwe } = await encrypt({ plaintext });
    expect((await decrypt({ jwe })).plaintext).toBe(plaintext);
  });

  it('never creates the same JWE twice', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => encrypt({ plaintext: 'AAAA' })));
    expect(new Set(made.map(({ jwe }) => jwe)).size).toBe(8);
    if (kind.alg === 'dir') expect(new Set(made.map(({ jwe }) => jwe.split('.')[2])).size).toBe(8);
  });

  it('binds additional data', async () => {
    const aad = Buffer.from('invoice 47').toString('base64url');
    const { jwe } = await encrypt({ plaintext: 'AAAA', aad });
    expect((await decrypt({ jwe, aad })).plaintext).toBe('AAAA');
    for (const wrong of [{ jwe }, { jwe, aad: 'AAAA' }]) {
      const reply = await tenant.admin.send('POST', '/decrypt', { body: wrong });
      expectProblem(reply, 'decryption-failed');
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event).toMatchObject({
        operation: 'decrypt',
        failureCode: 'decryption-failed:aad-mismatch',
        keyId: key.id,
      });
    }
  });

  it('records the operation in the trail, and not its data', async () => {
    const reply = await tenant.admin.send<EncryptResult>('POST', '/encrypt', {
      body: { keyId: key.id, plaintext: 'AAAA' },
    });
    const events = await sealedEvents(tenant.admin, reply.correlationId);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      operation: 'encrypt',
      outcome: 'success',
      failureCode: null,
      keyId: key.id,
      algorithm: kind.algorithm,
      details: { alg: kind.alg, custody: 'token', version: '1' },
      userId: 'administrator',
      tenantId: tenant.id,
    });
  });
});

describe('content encryption', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
  });
  const forms = ['RSA-2048', 'EC-P256', 'AES-128', 'AES-256'] as const;

  it('is what the request asks for and the policy allows, and everything opens', async () => {
    const keys = await Promise.all(forms.map((algorithm) => tenant.createKey({ algorithm, purpose: 'encrypt' })));
    await tenant.changePolicy({ contentEncryption: [...contentAlgs] });
    const sealed = await Promise.all(
      keys.flatMap((key) =>
        contentAlgs.map(async (enc) => {
          const made = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: key.id, plaintext: 'AAAA', enc });
          expect(made).toMatchObject({ enc, keyId: key.id });
          expect(headerOf(made.jwe)).toMatchObject({ enc });
          return made;
        }),
      ),
    );
    // The policy decides about encrypting alone.
    await tenant.changePolicy({ contentEncryption: ['A256CBC-HS512'] });
    for (const { jwe, enc } of sealed)
      expect(await tenant.admin.post('/decrypt', { jwe })).toMatchObject({ plaintext: 'AAAA', enc });
    const [{ id: keyId } = { id: '' }] = keys;
    const refused = await tenant.admin.send('POST', '/encrypt', { body: { keyId, plaintext: 'AAAA' } });
    expectProblem(refused, 'policy-refused');
    expect(refused.body).toMatchObject({ rule: 'contentEncryption' });
    const other = await tenant.admin.send('POST', '/encrypt', {
      body: { keyId, plaintext: 'AAAA', enc: 'A256CBC-HS512' },
    });
    const [event] = await sealedEvents(tenant.admin, other.correlationId);
    expect(event).toMatchObject({ operation: 'encrypt', details: { enc: 'A256CBC-HS512' } });
    const evaluated = { use: 'protect', keyId, enc: 'A128GCM' };
    expect(await tenant.admin.post('/policy/evaluate', evaluated)).toMatchObject({
      allow: false,
      rule: 'contentEncryption',
    });
    const { contentEncryption } = await tenant.admin.get<z.infer<typeof listAlgorithms.reply>>('/algorithms');
    expect(contentEncryption.map(({ enc }) => enc)).toEqual(contentAlgs);
    expect(contentEncryption.filter(({ uses }) => uses.includes('protect')).map(({ enc }) => enc)).toEqual([
      'A256CBC-HS512',
    ]);
    expect(contentEncryption.every(({ uses }) => uses.includes('process'))).toBe(true);
  });

  it('of fewer than 256 bits is neither made nor opened under CNSA 2.0', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'AES-256', purpose: 'encrypt', alg: 'A256KW' });
    await tenant.changePolicy({ contentEncryption: [...contentAlgs] });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId, plaintext: 'AAAA', enc: 'A128GCM' });
    await tenant.changePolicy({ contentEncryption: [...contentAlgs], cnsa2: true });
    expectProblem(await tenant.admin.send('POST', '/decrypt', { body: { jwe } }), 'policy-refused');
    const body = { keyId, plaintext: 'AAAA', enc: 'A256CBC-HS512' };
    expect((await tenant.admin.send('POST', '/encrypt', { body })).status).toBe(200);
  });

  it('with dir is A256GCM and nothing else', async () => {
    await tenant.changePolicy({ contentEncryption: [...contentAlgs], cnsa2: false });
    const { id: keyId } = await tenant.createKey({ algorithm: 'AES-256', purpose: 'encrypt', alg: 'dir' });
    const body = { keyId, plaintext: 'AAAA', enc: 'A128CBC-HS256' };
    expectProblem(await tenant.admin.send('POST', '/encrypt', { body }), 'algorithm-mismatch');
  });
});
