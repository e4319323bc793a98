import { randomUUID } from 'node:crypto';
import type { DryRun, EncryptResult, Key, KeyUsage, Policy, SignResult } from '@ankasecure/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, Method, Reply } from '../harness/client.js';
import { hsmCalls } from '../harness/hsm-call.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, platformClient, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';

describe('a dry run', () => {
  let rig: Rig;
  let tenant: Tenant;
  let client: Client;
  beforeAll(async () => {
    rig = await sharedRig();
  });
  beforeEach(async () => {
    tenant = await newTenant(rig);
    client = tenant.admin;
  });
  const dryRunOf = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const reply = await client.send<DryRun>(path === '/policy' ? 'PUT' : 'POST', `${path}?dryRun=true`, {
      body,
      headers,
    });
    expect(reply.status, reply.text).toBe(200);
    return reply;
  };
  const sealed = async (reply: Reply): Promise<unknown> => (await sealedEvents(client, reply.correlationId))[0];

  it('of every crypto call checks everything, does not use the HSM and is marked in the trail', async () => {
    const [ec, rsa, aes, dir, mac] = [
      await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' }),
      await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' }),
      await tenant.createKey({ algorithm: 'AES-256' }),
      await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' }),
      await tenant.createKey({ algorithm: 'HMAC-SHA256' }),
    ];
    const plaintext = { plaintext: 'AAAA' };
    const jwes: string[] = [];
    for (const { id } of [rsa, aes, dir])
      jwes.push((await client.post<EncryptResult>('/encrypt', { keyId: id, ...plaintext })).jwe);
    const { jws } = await client.post<SignResult>('/sign', { keyId: mac.id, payload: 'AAAA' });
    const calls: [string, object][] = [
      ...[ec, mac].map(({ id }): [string, object] => ['/sign', { keyId: id, payload: 'AAAA' }]),
      ...[rsa, aes, dir].map(({ id }): [string, object] => ['/encrypt', { keyId: id, ...plaintext }]),
      ...jwes.map((jwe): [string, object] => ['/decrypt', { jwe }]),
      ['/verify', { jws }],
    ];
    const before = await hsmCalls(rig);
    for (let time = 0; time < 4; time++)
      for (const [path, body] of calls) {
        const { body: told, headers } = await dryRunOf(path, body);
        expect(told).toMatchObject({
          dryRun: true,
          succeeds: true,
          version: 1,
          custody: 'token',
          policy: { allow: true },
        });
        expect(Object.keys(told).filter((name) => ['jwe', 'jws', 'plaintext', 'valid'].includes(name))).toEqual([]);
        expect(headers.get('server-timing')).toMatch(/^hsm;dur=0\.000,/);
      }
    const after = await hsmCalls(rig);
    // Sealing derives the tenant's daily MAC key once in each worker. That job has the kind `sign`.
    for (const [job, count] of Object.entries(after))
      expect(count - (before[job] ?? 0), job).toBeLessThanOrEqual(job.endsWith(' sign') ? 1 : 0);
    const reply = await dryRunOf('/sign', { keyId: ec.id, payload: 'AAAA' });
    expect(await sealed(reply)).toMatchObject({ operation: 'dry-run.sign', outcome: 'success', keyId: ec.id });
    expect(await eventsOf(client, { operation: 'sign', keyId: ec.id })).toEqual([]);
  });

  it('reports the refusal of a call, item by item', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await tenant.changePolicy({ cnsa2: true });
    const refused = await dryRunOf('/sign', { keyId: key.id, payload: 'AAAA' });
    expect(refused.body).toMatchObject({
      operation: 'sign',
      succeeds: false,
      keyId: key.id,
      error: { code: 'policy-refused', status: 403 },
      policy: { allow: false, rule: 'cnsa2', reasons: [{ code: 'cnsa2' }] },
    });
    expect(await sealed(refused)).toMatchObject({ operation: 'dry-run.sign', failureCode: 'policy-refused' });
    const items = [{ keyId: key.id }, { keyId: randomUUID(), payload: 'AAAA' }, { keyId: key.id, payload: 'AAAA' }];
    const { body } = await client.send<{ items: DryRun[] }>('POST', '/sign?dryRun=true', { body: { items } });
    expect(body.items.map(({ error }) => error?.code)).toEqual(['request-invalid', 'key-not-found', 'policy-refused']);
  });

  it('of a creation creates nothing and leaves the Idempotency-Key free', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { algorithm: 'EC-P384', label: 'tried' };
    const before = await hsmCalls(rig);
    const tried = await dryRunOf('/keys', body, headers);
    expect(tried.body).toEqual({
      dryRun: true,
      operation: 'key.create',
      succeeds: true,
      algorithm: 'EC-P384',
      purpose: 'sign',
      custody: 'token',
      policy: { allow: true, rule: 'allowedAlgorithms', source: 'the tenant’s policy', reasons: [], until: null },
      warnings: [],
    });
    expect(tried.headers.get('location')).toBeNull();
    const generated = Object.entries(await hsmCalls(rig)).filter(([job]) => job.endsWith(' generate'));
    for (const [job, count] of generated) expect(count, job).toBe(before[job] ?? 0);
    expect(await sealed(tried)).toMatchObject({ operation: 'dry-run.key.create', keyId: null, outcome: 'success' });
    expect((await client.get<{ items: Key[] }>('/keys')).items).toEqual([]);
    const made = await client.send<Key>('POST', '/keys', { body, headers });
    expect([made.status, made.headers.get('idempotency-replayed')]).toEqual([201, null]);
    await tenant.changePolicy({ requiredLabels: ['owner'] });
    expect((await dryRunOf('/keys', body)).body).toMatchObject({ succeeds: false, error: { code: 'policy-refused' } });
  });

  it('of every lifecycle change reports the result and changes nothing', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    await client.send('POST', '/sign', { body: { keyId: key.id, payload: 'AAAA' } });
    const some = expect.any(String) as unknown;
    const scheduled = { from: 'ACTIVE', to: 'DESTROY_SCHEDULED', destroyAt: some, lastUsedAt: some };
    const calls: [Method, string, string, object | undefined, object][] = [
      ['POST', '/suspend', 'key.suspend', {}, { changes: [{ version: 1, from: 'ACTIVE', to: 'SUSPENDED' }] }],
      ['POST', '/deactivate', 'key.deactivate', {}, { changes: [{ version: 1, from: 'ACTIVE', to: 'DEACTIVATED' }] }],
      ['POST', '/compromise', 'key.compromise', {}, { changes: [{ version: 1, from: 'ACTIVE', to: 'COMPROMISED' }] }],
      ['POST', '/revoke', 'key.revoke', { reason: 'superseded' }, { changes: [{ to: 'DEACTIVATED' }] }],
      ['POST', '/schedule-destroy', 'key.schedule-destroy', {}, { changes: [scheduled] }],
      ['DELETE', '', 'key.schedule-destroy', undefined, { changes: [scheduled] }],
      ['POST', '/rotate', 'key.rotate', {}, { version: 2, changes: [{ version: 1, to: 'DEACTIVATED' }] }],
      ['PUT', '/rotation-policy', 'key.rotation-policy.put', { interval: 'P1D' }, {}],
      ['PATCH', '', 'key.edit', { label: 'another' }, {}],
    ];
    const headers = { 'if-match': '"1"' };
    const before = await hsmCalls(rig);
    for (const [method, path, operation, body, expected] of calls) {
      const tried = await client.send<DryRun>(method, `/keys/${key.id}${path}?dryRun=true`, {
        headers,
        ...(body && { body }),
      });
      expect(tried.body, tried.text).toMatchObject({ operation, succeeds: true, keyId: key.id, ...expected });
      expect(await sealed(tried)).toMatchObject({
        operation: `dry-run.${operation}`,
        keyId: key.id,
        outcome: 'success',
      });
      const late = await client.send<DryRun>(method, `/keys/${key.id}${path}?dryRun=true`, {
        headers: { 'if-match': '"7"' },
        ...(body && { body }),
      });
      expect(late.body, late.text).toMatchObject({ succeeds: false, error: { code: 'precondition-failed' } });
    }
    const made = Object.entries(await hsmCalls(rig)).filter(([job]) => / (generate|destroy)$/.test(job));
    for (const [job, count] of made) expect(count, job).toBe(before[job] ?? 0);
    expect(await client.get(`/keys/${key.id}`)).toEqual(key);
    expectProblem(await client.send('GET', `/keys/${key.id}/rotation-policy`), 'key-not-found');
    for (const [method, path, code] of [
      ['POST', '/cancel-destroy', 'key-state'],
      ['DELETE', '/rotation-policy', 'key-not-found'],
    ] as const) {
      const tried = await client.send<DryRun>(method, `/keys/${key.id}${path}?dryRun=true`);
      expect(tried.body, tried.text).toMatchObject({ succeeds: false, error: { code } });
    }
    expectProblem(await client.send('DELETE', `/keys/${key.id}?dryRun=perhaps`), 'request-invalid');
  });

  it('of an alias change creates and deletes nothing', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256' });
    const name = (method: Method) =>
      client.send<DryRun>(method, '/aliases/tried?dryRun=true', { ...(method === 'PUT' && { body: { keyId } }) });
    expect((await name('PUT')).body).toMatchObject({ operation: 'alias.put', succeeds: true, keyId });
    expect((await name('DELETE')).body).toMatchObject({ succeeds: false, error: { code: 'alias-not-found' } });
    await client.put('/aliases/tried', { keyId });
    expect((await name('DELETE')).body).toMatchObject({ operation: 'alias.delete', succeeds: true, keyId });
    expect(await client.get('/aliases/tried')).toMatchObject({ keyId, revision: 1 });
  });

  it('of a use counts none', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    await client.put(`/keys/${key.id}/rotation-policy`, { maxUses: 1 });
    const body = { keyId: key.id, payload: 'AAAA' };
    for (let time = 0; time < 4; time++) expect((await dryRunOf('/sign', body)).body).toMatchObject({ version: 1 });
    expect((await client.get<KeyUsage>(`/keys/${key.id}/usage`)).items).toEqual([
      { version: 1, lastUsedAt: null, operations: [] },
    ]);
    expect((await client.post<SignResult>('/sign', body)).version).toBe(1);
    expect((await client.post<SignResult>('/sign', body)).version).toBe(2);
  });

  it('of a policy change changes nothing and has the same preconditions', async () => {
    const document = { allowedAlgorithms: ['AES-256'], fipsOnly: true };
    const tried = await dryRunOf('/policy', document, { 'if-match': '"1"' });
    expect(tried.body).toEqual({ dryRun: true, operation: 'policy.put', succeeds: true });
    expect(await tenant.policy()).toMatchObject({ version: 1, fipsOnly: false });
    expect((await dryRunOf('/policy', document, { 'if-match': '"7"' })).body).toMatchObject({
      succeeds: false,
      error: { code: 'precondition-failed', status: 412 },
    });
    expect((await dryRunOf('/policy/rollback', { version: 9 }, { 'if-match': '"1"' })).body.error?.code).toBe(
      'policy-version-not-found',
    );
    expectProblem(
      await client.send('PUT', '/policy?dryRun=true', {
        body: { ...document, more: 1 },
        headers: { 'if-match': '"1"' },
      }),
      'request-invalid',
    );
    const changed = await client.send<Policy>('PUT', '/policy', { body: document, headers: { 'if-match': '"1"' } });
    expect(changed.body.version).toBe(2);
    expect(await sealed(tried)).toMatchObject({ operation: 'dry-run.policy.put', outcome: 'success' });
  });

  it('of a tenant’s creation creates nothing', async () => {
    const platform = await platformClient(rig);
    const body = { slug: `t-${randomUUID()}`, name: 'Tried' };
    for (let time = 0; time < 2; time++)
      expect(await platform.post('/tenants?dryRun=true', body)).toMatchObject({ succeeds: true });
    const nowhere = { ...body, partition: 'nowhere' };
    expect(await platform.post('/tenants?dryRun=true', nowhere)).toMatchObject({
      error: { code: 'partition-not-found' },
    });
    expectProblem(await platform.send('POST', '/tenants', { body: nowhere }), 'partition-not-found');
    await platform.post('/tenants', body);
    expect(await platform.post('/tenants?dryRun=true', body)).toMatchObject({ succeeds: true });
    const other = { ...body, name: 'Another' };
    expect(await platform.post('/tenants?dryRun=true', other)).toMatchObject({ error: { code: 'tenant-exists' } });
  });

  it('is requested in one way only, and not on routes that change nothing', async () => {
    const body = { use: 'protect', algorithm: 'AES-256' };
    for (const path of [
      '/sign?dryRun=yes',
      '/sign?dryRun',
      '/sign?',
      '/sign?dryRun=true&dryRun=false',
      '/sign?dryRun=true&x=1',
      '/policy/evaluate?dryRun=true',
    ])
      expectProblem(await client.send('POST', path, { body }), 'request-invalid');
  });
});
