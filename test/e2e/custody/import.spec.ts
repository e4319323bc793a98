import { execFile } from 'node:child_process';
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, randomUUID, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Key, KeyUsage, SignResult, WrappingKey } from '@ankasecure/contracts';
import { repository } from '@ankasecure/local';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { kwp, wrapFor } from '../harness/known-key.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

const run = promisify(execFile);

let rig: Rig;
let tenant: Tenant;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

/** The recipe of the README, unchanged. */
const recipe = (): string => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const found = /## Bring your own key\n[^]*?```sh\n([^]*?)```/.exec(readme)?.[1];
  if (found === undefined) throw new Error('the README has no such recipe');
  return found;
};

describe('an imported key', () => {
  it('is imported by the README’s recipe as pasted and works like its original, and so is a key wrapped under it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'anka-import-'));
    try {
      const token = await rig.mint({ tenantId: tenant.id, subject: 'somebody', roles: ['application-admin'] });
      const { stdout } = await run('bash', ['-euc', recipe()], {
        cwd: directory,
        env: { ...process.env, URL: rig.baseUrl, TOKEN: token },
      });
      const [key, more] = JSON.parse(`[${stdout.replace(/\}\s*\{/, '},{')}]`) as [Key, Key];
      const mine = createPublicKey(readFileSync(join(directory, 'mine.pem')));
      expect(key, stdout).toMatchObject({ algorithm: 'EC-P256', label: 'mine', state: 'ACTIVE', custody: 'token' });
      expect(key.publicKey?.pem).toBe(mine.export({ format: 'pem', type: 'spki' }));
      const { signature = '' } = await tenant.admin.post<SignResult>('/sign', {
        keyId: key.id,
        payload: 'hello',
        encoding: 'utf8',
        format: 'raw',
      });
      const how = { key: mine, dsaEncoding: 'ieee-p1363' as const };
      expect(verify('sha256', Buffer.from('hello'), how, Buffer.from(signature, 'base64url'))).toBe(true);
      const [event] = await eventually('its sealed event', async () => {
        const all = await eventsOf(tenant.admin, { keyId: key.id, operation: 'key.import' });
        return all.length > 0 && all;
      });
      expect(event?.details).toMatchObject({ method: 'rsa-aes-kwp', custody: 'token', oaepHash: 'SHA-1' });
      expect(more, stdout).toMatchObject({ algorithm: 'HMAC-SHA256', label: 'more', state: 'ACTIVE' });
      const mac = await tenant.admin.post<SignResult>('/sign', { keyId: more.id, payload: 'AAAA', format: 'raw' });
      const secret = readFileSync(join(directory, 'more.bin'));
      expect(mac.signature).toBe(createHmac('sha256', secret).update(Buffer.alloc(3)).digest('base64url'));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is refused before it is parsed if the token cannot import it, and with one answer if it is garbage', async () => {
    const { methods } = await tenant.admin.get<WrappingKey>('/wrapping-key');
    expect(methods).toMatchObject([
      { method: 'rsa-aes-kwp', available: true, oaepHash: 'SHA-1' },
      { method: 'aes-kwp', available: true },
    ]);
    const wrappedKey = Buffer.alloc(600, 7).toString('base64url');
    const body = { label: 'x', method: 'rsa-aes-kwp', wrappedKey };
    const refused = (more: object) => tenant.admin.send('POST', '/keys/import', { body: { ...body, ...more } });
    expectProblem(await refused({ algorithm: 'Ed25519' }), 'algorithm-unavailable');
    expectProblem(await refused({ algorithm: 'EC-P256' }), 'decryption-failed');
    expectProblem(await refused({ algorithm: 'EC-P256', custody: 'wrapped' }), 'decryption-failed');
  });
});

const bring = (at: Tenant, body: object): Promise<Reply<Key>> =>
  at.admin.send<Key>('POST', '/keys/import', { body: { label: 'brought', ...body } });

interface Wrapper {
  readonly id: string;
  readonly value: Buffer;
}

const bringWrapper = async (at: Tenant, body: { algorithm?: string; custody?: string } = {}): Promise<Wrapper> => {
  const { publicKey } = await at.admin.get<WrappingKey>('/wrapping-key');
  const value = randomBytes(body.algorithm === 'AES-128' ? 16 : 32);
  const reply = await bring(at, {
    algorithm: 'AES-256',
    purpose: 'wrap',
    method: 'rsa-aes-kwp',
    wrappedKey: wrapFor(publicKey.pem, value),
    ...body,
  });
  expect(reply.status, reply.text).toBe(201);
  expect(reply.body).toMatchObject({ purpose: 'wrap', algs: ['AES-KWP'], publicKey: null });
  return { id: reply.body.id, value };
};

const mac = (secret: Buffer): string => createHmac('sha256', secret).update(Buffer.alloc(3)).digest('base64url');

describe('a key for wrap', () => {
  const secret = randomBytes(32);
  const under = ({ id, value }: Wrapper, bytes = secret) => ({
    algorithm: 'HMAC-SHA256',
    method: 'aes-kwp',
    wrappingKeyId: id,
    wrappedKey: kwp(value, bytes).toString('base64url'),
  });

  it.each([
    ['token', 'token'],
    ['token', 'wrapped'],
    ['wrapped', 'token'],
    ['wrapped', 'wrapped'],
  ] as const)(
    'in custody %s unwraps other keys into custody %s, and its use is counted and recorded',
    async (its, theirs) => {
      const wrapper = await bringWrapper(tenant, { custody: its });
      const reply = await bring(tenant, { ...under(wrapper), custody: theirs });
      expect(reply.body, reply.text).toMatchObject({ algorithm: 'HMAC-SHA256', custody: theirs });
      const signed = { keyId: reply.body.id, payload: 'AAAA', format: 'raw' };
      expect((await tenant.admin.post<SignResult>('/sign', signed)).signature).toBe(mac(secret));
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event).toMatchObject({
        operation: 'key.import',
        outcome: 'success',
        keyId: reply.body.id,
        details: { method: 'aes-kwp', wrappingKeyId: wrapper.id, custody: theirs },
      });
      const { items } = await tenant.admin.get<KeyUsage>(`/keys/${wrapper.id}/usage`);
      expect(items).toMatchObject([{ version: 1, operations: [{ operation: 'key.import', count: 1 }] }]);
    },
  );

  it('imports key pairs, and refuses data that does not unwrap as the import key does', async () => {
    const wrapper = await bringWrapper(tenant);
    const mine = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const pkcs8 = mine.privateKey.export({ format: 'der', type: 'pkcs8' });
    const reply = await bring(tenant, { ...under(wrapper, pkcs8), algorithm: 'EC-P384' });
    expect(reply.body.publicKey?.pem, reply.text).toBe(mine.publicKey.export({ format: 'pem', type: 'spki' }));
    const garbage = { ...under(wrapper), wrappedKey: randomBytes(40).toString('base64url') };
    for (let time = 0; time < 3; time++) expectProblem(await bring(tenant, garbage), 'decryption-failed');
    expectProblem(await bring(tenant, under({ ...wrapper, value: randomBytes(32) })), 'decryption-failed');
    expectProblem(await bring(tenant, { ...under(wrapper, pkcs8), algorithm: 'EC-P256' }), 'request-invalid');
    expectProblem(await bring(tenant, { ...under(wrapper, pkcs8), algorithm: 'EC-P521' }), 'decryption-failed');
    expect((await bring(tenant, under(wrapper))).status).toBe(201);
  });

  it('has no other use, and no other key unwraps keys', async () => {
    const wrapper = await bringWrapper(tenant);
    const post = (path: string, body: object) => tenant.admin.send('POST', path, { body });
    expectProblem(await post('/encrypt', { keyId: wrapper.id, plaintext: 'AAAA' }), 'purpose-mismatch');
    expectProblem(
      await post('/decrypt', {
        keyId: wrapper.id,
        jwe: 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA..AAAAAAAAAAAAAAAAAAAAAA',
      }),
      'purpose-mismatch',
    );
    expectProblem(await post('/sign', { keyId: wrapper.id, payload: 'AAAA' }), 'purpose-mismatch');
    expectProblem(await post('/verify', { keyId: wrapper.id, payload: 'AAAA', signature: 'AAAA' }), 'purpose-mismatch');
    expectProblem(await post(`/keys/${wrapper.id}/rotate`, {}), 'purpose-mismatch');
    const plan = { body: { interval: 'P90D' } };
    expectProblem(await tenant.admin.send('PUT', `/keys/${wrapper.id}/rotation-policy`, plan), 'purpose-mismatch');
    expectProblem(await post('/keys', { algorithm: 'AES-256', purpose: 'wrap', label: 'x' }), 'purpose-mismatch');
    const other = await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' });
    expectProblem(await bring(tenant, under({ ...wrapper, id: other.id })), 'purpose-mismatch');
    expectProblem(await bring(tenant, under({ ...wrapper, id: randomUUID() })), 'key-not-found');
    expectProblem(await bring(tenant, { ...under(wrapper), method: 'rsa-aes-kwp' }), 'request-invalid');
    expectProblem(await bring(tenant, { ...under(wrapper), wrappingKeyId: undefined }), 'request-invalid');
  });

  it('must not be weaker than the key it unwraps', async () => {
    const weak = await bringWrapper(tenant, { algorithm: 'AES-128' });
    const reply = await bring(tenant, { ...under(weak), algorithm: 'AES-256' });
    expectProblem(reply, 'wrapping-key-weak');
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({ failureCode: 'wrapping-key-weak', details: { wrappingKeyId: weak.id } });
    expect((await bring(tenant, { ...under(weak, randomBytes(16)), algorithm: 'AES-128' })).status).toBe(201);
  });

  it('follows its state and the policy, and dry runs unwrap nothing', async () => {
    const own = await newTenant(rig);
    const wrapper = await bringWrapper(own);
    const tried = await own.admin.send('POST', '/keys/import?dryRun=true', {
      body: { label: 'x', ...under(wrapper), wrappedKey: Buffer.alloc(40, 7).toString('base64url') },
    });
    expect(tried.body, tried.text).toMatchObject({ succeeds: true, operation: 'key.import' });
    const change = (verb: string) => own.admin.post(`/keys/${wrapper.id}/${verb}`, {});
    await change('suspend');
    expectProblem(await bring(own, under(wrapper)), 'key-state');
    await change('resume');
    expect((await bring(own, under(wrapper))).status).toBe(201);
    const { allowedAlgorithms } = await own.policy();
    await own.changePolicy({ allowedAlgorithms: ['HMAC-SHA256'] });
    expectProblem(await bring(own, under(wrapper)), 'policy-refused');
    await own.changePolicy({ allowedAlgorithms });
    await change('deactivate');
    expect((await bring(own, under(wrapper))).status).toBe(201);
    await change('compromise');
    expectProblem(await bring(own, under(wrapper)), 'key-state');
  });
});

describe('an HMAC key that is longer than its hash (RFC 7518, section 3.2)', () => {
  const lengths = [
    ['HMAC-SHA256', 'sha256', [33, 64, 65, 100, 104, 128]],
    ['HMAC-SHA512', 'sha512', [65, 128]],
  ] as const;
  const cases = lengths.flatMap(([algorithm, hash, sizes]) => sizes.map((size) => [algorithm, hash, size] as const));

  const importSecret = async (algorithm: string, custody: string, secret: Buffer): Promise<Reply<Key>> => {
    const { publicKey } = await tenant.admin.get<WrappingKey>('/wrapping-key');
    const wrappedKey = wrapFor(publicKey.pem, secret);
    return bring(tenant, { algorithm, custody, method: 'rsa-aes-kwp', wrappedKey });
  };

  it.each(cases)('%s (%s) with %i bytes makes and verifies MACs', async (algorithm, hash, size) => {
    const secret = randomBytes(size);
    const expected = createHmac(hash, secret).update(Buffer.alloc(3)).digest('base64url');
    for (const custody of ['token', 'wrapped']) {
      const reply = await importSecret(algorithm, custody, secret);
      // SoftHSM fills a key up with zeros when it wraps it. HMAC takes a filled key for another if it is longer than a block.
      if (custody === 'wrapped' && hash === 'sha256' && size > 64 && size % 8 !== 0) {
        expectProblem(reply, 'decryption-failed');
        const { detail } = reply.body as { detail?: string };
        expect(detail).toContain(
          `must have exactly ${8 * Math.ceil(size / 8)}. Otherwise import it into custody token`,
        );
        const events = await sealedEvents(tenant.admin, reply.correlationId);
        expect(events.map(({ failureCode }) => failureCode)).toContain('import-failed:wrap');
        continue;
      }
      expect(reply.status, reply.text).toBe(201);
      const named = { keyId: reply.body.id, payload: 'AAAA' };
      const { signature } = await tenant.admin.post<SignResult>('/sign', { ...named, format: 'raw' });
      expect(signature).toBe(expected);
      expect(await tenant.admin.post('/verify', { ...named, signature: expected })).toMatchObject({ valid: true });
    }
  });
});
