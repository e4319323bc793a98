import { setTimeout as delay } from 'node:timers/promises';
import type { EncryptResult, Grant, Key, KeyGrants, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf, type Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

const path = ({ id }: Key): string => `/keys/${id}/grants`;
const to = (kind: Grant['kind'], grantee: string, ...rights: Grant['rights']): Grant => ({ kind, grantee, rights });
const etagOf = ({ headers }: Reply): string => headers.get('etag') ?? '';

let rig: Rig;
let tenant: Tenant;
let user: Client;
let signing: Key;
let wrapping: Key;

/** A caller with only the role user. */
const userOf = async (subject: string, ...groups: readonly string[]): Promise<Client> =>
  clientOf(rig.baseUrl, await rig.mint({ tenantId: tenant.id, subject, roles: ['user'], extra: { groups } }));

/** Reads the grants and replaces them, as an administrator does. */
const grant = async (key: Key, ...grants: readonly Grant[]): Promise<Reply<KeyGrants>> => {
  const current = await tenant.admin.send('GET', path(key));
  const reply = await tenant.admin.send<KeyGrants>('PUT', path(key), {
    body: { grants },
    headers: { 'if-match': etagOf(current) },
  });
  expect(reply.status, reply.text).toBe(200);
  return reply;
};

const sign = (client: Client): Promise<Reply<SignResult>> =>
  client.send('POST', '/sign', { body: { keyId: signing.id, payload: 'AAAA' } });

beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  user = await userOf('alice', 'readers');
  signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  wrapping = await tenant.createKey({ algorithm: 'AES-256' });
});

describe('a user without a grant', () => {
  it('cannot use a key, and each refusal is recorded', async () => {
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: wrapping.id, plaintext: 'AAAA' });
    const { jws = '' } = await tenant.admin.post<SignResult>('/sign', { keyId: signing.id, payload: 'AAAA' });
    const refused = [
      ['sign', signing, await sign(user)],
      ['verify', signing, await user.send('POST', '/verify', { body: { jws } })],
      ['encrypt', wrapping, await user.send('POST', '/encrypt', { body: { keyId: wrapping.id, plaintext: 'AAAA' } })],
      ['decrypt', wrapping, await user.send('POST', '/decrypt', { body: { jwe } })],
      ['key.get', signing, await user.send('GET', `/keys/${signing.id}`)],
      ['key.grants.get', signing, await user.send('GET', path(signing))],
      ['key.grants.delete', signing, await user.send('DELETE', path(signing))],
    ] as const;
    for (const [operation, { id }, reply] of refused) {
      expectProblem(reply, 'key-access-denied');
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event).toMatchObject({ operation, keyId: id, userId: 'alice', failureCode: 'key-access-denied' });
    }
  });

  it('sees no key', async () => {
    expect(await user.get('/keys')).toEqual({ items: [], next: null });
  });
});

describe('a grant', () => {
  it('lets its subject use the granted rights, see the key, and do nothing else', async () => {
    await grant(signing, to('subject', 'alice', 'use:sign'));
    const signed = await sign(user);
    expect(signed.status).toBe(200);
    expectProblem(await user.send('POST', '/verify', { body: { jws: signed.body.jws } }), 'key-access-denied');
    expect((await user.get<Key>(`/keys/${signing.id}`)).id).toBe(signing.id);
    expect((await user.get<{ items: Key[] }>('/keys')).items.map(({ id }) => id)).toEqual([signing.id]);
    expectProblem(await user.send('GET', path(signing)), 'key-access-denied');
    expectProblem(await sign(await userOf('bob')), 'key-access-denied');
  });

  it('reaches a group through the groups in tokens', async () => {
    await grant(signing, to('group', 'signers', 'use:sign'));
    expect((await sign(await userOf('carol', 'signers'))).status).toBe(200);
    expectProblem(await sign(await userOf('signers')), 'key-access-denied');
    expectProblem(await sign(await userOf('carol', 'Signers')), 'key-access-denied');
  });

  it('to manage lets a user add and delete grants', async () => {
    await grant(signing, to('subject', 'alice', 'manage'));
    const read = await user.send<KeyGrants>('GET', path(signing));
    const grants = [...read.body.grants, to('subject', 'dave', 'use:sign')];
    const put = await user.send('PUT', path(signing), { body: { grants }, headers: { 'if-match': etagOf(read) } });
    expect(put.status).toBe(200);
    const dave = await userOf('dave');
    expect((await sign(dave)).status).toBe(200);
    const taken = await user.send<KeyGrants>('DELETE', `${path(signing)}?kind=subject&grantee=dave`);
    expect(taken.body.grants).toEqual([to('subject', 'alice', 'manage')]);
    expectProblem(await sign(dave), 'key-access-denied');
  });

  it('to manage does not let a user grant the uses to themselves, not even in a dry run', async () => {
    await grant(signing, to('subject', 'alice', 'manage'));
    const read = await user.send<KeyGrants>('GET', path(signing));
    const headers = { 'if-match': etagOf(read) };
    for (const own of [to('subject', 'alice', 'manage', 'use:sign'), to('group', 'readers', 'use:sign')]) {
      const body = { grants: [to('subject', 'alice', 'manage'), own].slice(own.kind === 'subject' ? 1 : 0) };
      const refused = await user.send('PUT', path(signing), { body, headers });
      expectProblem(refused, 'key-access-denied');
      const [event] = await sealedEvents(tenant.admin, refused.correlationId);
      expect(event).toMatchObject({ operation: 'key.grants.put', userId: 'alice', failureCode: 'key-access-denied' });
      const tried = await user.send('PUT', `${path(signing)}?dryRun=true`, { body, headers });
      expect(tried.body).toMatchObject({ succeeds: false, error: { code: 'key-access-denied' } });
    }
    expectProblem(await sign(user), 'key-access-denied');
  });

  it('is checked for each item of a batch with the key of that item', async () => {
    await grant(signing, to('subject', 'alice', 'use:sign'));
    const other = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const items = [signing, other].map(({ id }) => ({ keyId: id, payload: 'AAAA' }));
    const { items: answers } = await user.post<{ items: { jws?: string; error?: { code: string } }[] }>('/sign', {
      items,
    });
    expect(answers.map(({ jws, error }) => error?.code ?? typeof jws)).toEqual(['string', 'key-access-denied']);
  });

  it('is changed only from its current revision', async () => {
    const before = await tenant.admin.send('GET', path(signing));
    await grant(signing, to('subject', 'alice', 'view'));
    const body = { grants: [] };
    const stale = { body, headers: { 'if-match': etagOf(before) } };
    expectProblem(await tenant.admin.send('PUT', path(signing), stale), 'precondition-failed');
    expectProblem(await tenant.admin.send('PUT', path(signing), { body }), 'precondition-required');
  });

  it('is in the trail with the rights that were added and removed', async () => {
    await grant(signing, to('subject', 'alice', 'view'));
    const { correlationId } = await grant(signing, to('group', 'readers', 'view', 'use:verify'));
    const [event] = await sealedEvents(tenant.admin, correlationId);
    expect(event).toMatchObject({
      operation: 'key.grants.put',
      outcome: 'success',
      keyId: signing.id,
      details: { given: 'group:readers=view,use:verify', taken: 'subject:alice=view', grants: '1' },
    });
  });

  it.each([
    [{ grants: [to('subject', 'alice')] }],
    [{ grants: [to('subject', 'alice', 'view', 'view')] }],
    [{ grants: [to('subject', 'alice', 'view'), to('subject', 'alice', 'manage')] }],
    [{ grants: [{ kind: 'role', grantee: 'user', rights: ['view'] }] }],
    [{ grants: [{ kind: 'subject', grantee: 'alice', rights: ['use:everything'] }] }],
    [{ id: '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10', grants: [] }],
  ])('that is not valid is refused: %j', async (body) => {
    const headers = { 'if-match': etagOf(await tenant.admin.send('GET', path(signing))) };
    expectProblem(await tenant.admin.send('PUT', path(signing), { body, headers }), 'request-invalid');
  });
});

it('auditors see keys and their grants, and cannot use a key', async () => {
  const auditor = await tenant.as(['auditor'], 'auditor');
  expect((await auditor.send('GET', path(signing))).status).toBe(200);
  expect((await auditor.send('GET', `/keys/${signing.id}`)).status).toBe(200);
  expectProblem(await sign(auditor), 'access-denied');
  expectProblem(await auditor.send('DELETE', path(signing)), 'access-denied');
});

it('threat: state race. A deleted grant is in force nowhere after the answer', async () => {
  const racing = await userOf('racer');
  let released = 0;
  let running = true;
  const seen: { readonly sentAt: number; readonly status: number }[] = [];
  const ask = async (): Promise<void> => {
    while (running) {
      const sentAt = performance.now();
      const { status } = await sign(racing);
      if (status === 200) released++;
      seen.push({ sentAt, status });
    }
  };
  const loops = Array.from({ length: 6 }, ask);
  const violations: unknown[] = [];
  try {
    for (let time = 0; time < 12; time++) {
      const before = released;
      await grant(signing, to('subject', 'racer', 'use:sign'));
      while (released < before + 6) await delay(1);
      await tenant.admin.send('DELETE', path(signing));
      const from = performance.now();
      const goal = seen.length + 12;
      while (seen.length < goal) await delay(1);
      violations.push(...seen.filter(({ sentAt, status }) => sentAt > from && status === 200));
    }
  } finally {
    running = false;
    await Promise.all(loops);
  }
  expect(violations).toEqual([]);
});

describe('a change of grants', () => {
  it('names every grantee in the trail, even with many grantees and long names', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const names = [...Array.from({ length: 6 }, (_, index) => `${index}${'x'.repeat(240)}`), 'eve'];
    const { correlationId } = await grant(key, ...names.map((name) => to('subject', name, 'use:sign')));
    const events = await sealedEvents(tenant.admin, correlationId, 4);
    const given = events.map(({ details }) => details['given'] ?? '').join('; ');
    for (const name of names) expect(given).toContain(`subject:${name}=use:sign`);
    for (const { details } of events) expect(details['givenCount']).toBe('7');
  });
});
