import { randomBytes } from 'node:crypto';
import { type DecryptResult, decryptResult, type EncryptResult, encryptResult, type Key } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
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
