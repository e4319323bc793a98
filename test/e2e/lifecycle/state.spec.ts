import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DecryptResult, DryRun, EncryptResult, Key, KeyVersionResource, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const tell = (id: string, verb: string, body?: object, headers = {}): Promise<Reply<Key>> =>
  tenant.admin.send<Key>('POST', `/keys/${id}/${verb}`, { body, headers });
const told = async (id: string, verb: string, body?: object): Promise<Key> => {
  const reply = await tell(id, verb, body);
  expect(reply.status, reply.text).toBe(200);
  return reply.body;
};
const sign = (keyId: string): Promise<Reply<SignResult>> =>
  tenant.admin.send('POST', '/sign', { body: { keyId, payload: 'AAAA' } });

describe('a key version', () => {
  it('follows the table of transitions, and every change has an event', async () => {
    const { id, revision } = await tenant.createKey({ algorithm: 'EC-P256' });
    const { body: signed } = await sign(id);
    const way = [
      ['suspend', {}, 'ACTIVE', 'SUSPENDED'],
      ['resume', {}, 'SUSPENDED', 'ACTIVE'],
      ['deactivate', {}, 'ACTIVE', 'DEACTIVATED'],
      ['compromise', { message: 'found on a disk' }, 'DEACTIVATED', 'COMPROMISED'],
    ] as const;
    for (const [index, [verb, body, from, to]] of way.entries()) {
      const reply = await tell(id, verb, body);
      expect(reply.body, reply.text).toMatchObject({ id, state: to, version: 1, revision: revision + index + 1 });
      expect(reply.headers.get('etag')).toBe(`"${revision + index + 1}"`);
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event).toMatchObject({ operation: `key.${verb}`, outcome: 'success', keyId: id });
      expect(event?.details).toMatchObject({ version: '1', from, to });
      expectProblemOrSuccess(await sign(id), to === 'ACTIVE');
    }
    expect((await tenant.admin.get<Key>(`/keys/${id}`)).revocation).toMatchObject({
      reason: 'key-compromise',
      message: 'found on a disk',
    });
    expectProblem(await tenant.admin.send('POST', '/verify', { body: { jws: signed.jws } }), 'key-state');
  });

  const expectProblemOrSuccess = (reply: Reply, succeeds: boolean): void => {
    if (succeeds) expect(reply.status, reply.text).toBe(200);
    else expectProblem(reply, 'key-state');
  };

  it('makes no other transition, and a refusal is recorded', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    for (const verb of ['cancel-destroy']) {
      const reply = await tell(id, verb);
      expectProblem(reply, 'key-state');
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event).toMatchObject({
        operation: `key.${verb}`,
        outcome: 'failure',
        failureCode: 'key-state',
        keyId: id,
      });
    }
    await told(id, 'deactivate');
    for (const verb of ['activate', 'suspend', 'resume', 'cancel-destroy'])
      expectProblem(await tell(id, verb), 'key-state');
    expectProblem(await tell(id, 'revoke', { reason: 'superseded' }), 'key-state');
  });

  it.each([
    ['activate', [], 'ACTIVE'],
    ['suspend', ['suspend'], 'SUSPENDED'],
    ['resume', ['suspend', 'resume'], 'ACTIVE'],
    ['deactivate', ['deactivate'], 'DEACTIVATED'],
    ['compromise', ['compromise'], 'COMPROMISED'],
    ['schedule-destroy', ['schedule-destroy'], 'DESTROY_SCHEDULED'],
    ['cancel-destroy', ['schedule-destroy', 'cancel-destroy'], 'SUSPENDED'],
  ] as const)('is unchanged by %s when it is done already, and the event says so', async (verb, before, state) => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    for (const first of before) await told(id, first);
    const key = await tenant.admin.get<Key>(`/keys/${id}`);
    const reply = await tell(id, verb);
    expect([reply.status, reply.body], reply.text).toEqual([200, key]);
    expect(key.state).toBe(state);
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({
      operation: `key.${verb}`,
      outcome: 'success',
      keyId: id,
      details: { from: state, to: state, unchanged: 'true' },
    });
  });

  it('is not revoked again for another reason, and a stale If-Match is refused even if nothing is left to do', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const revocation = { reason: 'superseded', message: 'once' };
    const first = await told(id, 'revoke', revocation);
    expect(await told(id, 'revoke', revocation)).toEqual(first);
    expectProblem(await tell(id, 'revoke', { ...revocation, message: 'twice' }), 'key-state');
    expectProblem(await tell(id, 'revoke', { ...revocation, reason: 'unspecified' }), 'key-state');
    expectProblem(await tell(id, 'revoke', revocation, { 'if-match': '"1"' }), 'precondition-failed');
  });

  it.each([
    ['unspecified', 'DEACTIVATED'],
    ['affiliation-changed', 'DEACTIVATED'],
    ['superseded', 'DEACTIVATED'],
    ['cessation-of-operation', 'DEACTIVATED'],
    ['privilege-withdrawn', 'DEACTIVATED'],
    ['key-compromise', 'COMPROMISED'],
    ['ca-compromise', 'COMPROMISED'],
  ] as const)('revoked for %s is %s', async (reason, state) => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    const occurredAt = '2026-01-02T03:04:05.000Z';
    const revocation = { reason, message: 'so it is', occurredAt };
    expect(await told(id, 'revoke', revocation)).toMatchObject({ state, revocation });
  });

  it('is not revoked for a future or unknown reason', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    const occurredAt = new Date(Date.now() + 60_000).toISOString();
    expectProblem(await tell(id, 'revoke', { reason: 'superseded', occurredAt }), 'request-invalid');
    expectProblem(await tell(id, 'revoke', { reason: 'bored' }), 'request-invalid');
    expectProblem(await tell(id, 'revoke'), 'request-invalid');
    expect((await tenant.admin.get<Key>(`/keys/${id}`)).state).toBe('ACTIVE');
  });

  it('that is suspended or compromised processes data for callers that accept the risk, and the trail records it', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
    const decrypt = (item: object): Promise<Reply<DecryptResult>> =>
      tenant.admin.send('POST', '/decrypt', { body: { jwe, ...item } });
    const calm = await decrypt({ acceptRisk: true });
    expect((await sealedEvents(tenant.admin, calm.correlationId))[0]?.details).not.toHaveProperty('riskAccepted');
    for (const [verb, state] of [
      ['suspend', 'SUSPENDED'],
      ['compromise', 'COMPROMISED'],
    ] as const) {
      await told(id, verb);
      for (const item of [{}, { acceptRisk: false }]) expectProblem(await decrypt(item), 'key-state');
      const reply = await decrypt({ acceptRisk: true });
      expect(reply.body.plaintext).toBe('AAAA');
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event?.details).toMatchObject({ riskAccepted: 'true', state });
    }
    expectProblem(
      await tenant.admin.send('POST', '/encrypt', { body: { keyId: id, plaintext: 'AAAA', acceptRisk: true } }),
      'request-invalid',
    );
  });
});

describe('the dates of a version', () => {
  const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

  const dated = (label: string, dates: Partial<Pick<Key, 'activateAt' | 'deactivateAt'>>): Promise<Key> =>
    tenant.admin.post<Key>('/keys', { algorithm: 'EC-P384', label, ...dates });
  const filtered = async (label: string, state: string): Promise<string[]> =>
    (await tenant.admin.get<{ items: Key[] }>(`/keys?label=${label}&state=${state}`)).items.map(({ id }) => id);
  const past = (date: string): Promise<void> => delay(Math.max(0, Date.parse(date) - Date.now()) + 5);
  const anHour = 3_600_000;

  // What must not have happened yet has its date an hour ahead, so that a slow machine does not reach it.
  it('take effect on time in answers, filters and operations', async () => {
    const ends = { deactivateAt: soon(15_000) };
    const ending = await dated('ending', ends);
    const { jws } = (await sign(ending.id)).body;

    const ahead = { activateAt: soon(anHour), deactivateAt: soon(2 * anHour) };
    const waiting = await dated('waiting', ahead);
    expect(waiting).toMatchObject({ state: 'PRE_ACTIVE', ...ahead });
    expectProblem(await sign(waiting.id), 'key-state');
    expect(await filtered('waiting', 'PRE_ACTIVE')).toEqual([waiting.id]);

    const begins = { activateAt: soon(1000), deactivateAt: soon(anHour) };
    const begun = await dated('begun', begins);
    await past(begins.activateAt);
    const signed = await sign(begun.id);
    expect(signed.status, signed.text).toBe(200);
    expect(await filtered('begun', 'ACTIVE')).toEqual([begun.id]);

    await past(ends.deactivateAt);
    expectProblem(await sign(ending.id), 'key-state');
    expect(await filtered('ending', 'DEACTIVATED')).toEqual([ending.id]);
    expect((await tenant.admin.get<Key>(`/keys/${ending.id}`)).state).toBe('DEACTIVATED');
    expect((await tenant.admin.post<{ valid: boolean }>('/verify', { jws })).valid).toBe(true);
    expect((await told(ending.id, 'compromise')).state).toBe('COMPROMISED');
  });

  it('can be anticipated', async () => {
    const activateAt = soon(3_600_000);
    const { id } = await tenant.admin.post<Key>('/keys', { algorithm: 'EC-P256', label: 'x', activateAt });
    const activated = await told(id, 'activate');
    expect(activated.state).toBe('ACTIVE');
    expect(Date.parse(activated.activateAt ?? '')).toBeLessThan(Date.parse(activateAt) - 1_800_000);
    expect((await sign(id)).status).toBe(200);
  });

  it('are not bypassed by a cancelled destruction', async () => {
    const brought = async (activateAt: string): Promise<string> => {
      const { id } = await dated('x', { activateAt });
      await told(id, 'schedule-destroy');
      await told(id, 'cancel-destroy');
      return id;
    };
    const activateAt = soon(anHour);
    const waiting = await brought(activateAt);
    const foreseen = await tenant.admin.post<DryRun>(`/keys/${waiting}/resume?dryRun=true`, {});
    expect(foreseen.changes).toMatchObject([{ from: 'SUSPENDED', to: 'PRE_ACTIVE' }]);
    expect(await told(waiting, 'resume')).toMatchObject({ state: 'PRE_ACTIVE', activateAt });
    expectProblem(await sign(waiting), 'key-state');

    const near = soon(1000);
    const begun = await brought(near);
    await told(begun, 'resume');
    await past(near);
    expect((await sign(begun)).status).toBe(200);
  });

  it.each([
    ['an end before its beginning', { activateAt: soon(9000), deactivateAt: soon(8000) }],
    ['an end that has passed', { deactivateAt: '2020-01-01T00:00:00.000Z' }],
    ['a time without an offset', { activateAt: '2030-01-01T00:00:00' }],
  ])('are refused with %s', async (_, dates) => {
    const body = { algorithm: 'EC-P256', label: 'x', ...dates };
    expectProblem(await tenant.admin.send('POST', '/keys', { body }), 'request-invalid');
  });
});

describe('a change', () => {
  it('can be bound to the revision that it is based on', async () => {
    const { id, revision } = await tenant.createKey({ algorithm: 'EC-P256' });
    expectProblem(await tell(id, 'suspend', {}, { 'if-match': `"${revision + 1}"` }), 'precondition-failed');
    expect((await tell(id, 'suspend', {}, { 'if-match': `"${revision}"` })).status).toBe(200);
    expectProblem(await tell(id, 'resume', {}, { 'if-match': `"${revision}"` }), 'precondition-failed');
  });

  it('applies to the key in the path, even if the body names another', async () => {
    const [one, other] = [
      await tenant.createKey({ algorithm: 'EC-P256' }),
      await tenant.createKey({ algorithm: 'EC-P256' }),
    ];
    for (const body of [{ id: other.id }, `{"version":1,"id":"${other.id}"}`, '[]', 'null', '"x"', '1'])
      expectProblem(await tenant.admin.send('POST', `/keys/${one.id}/suspend`, { body }), 'request-invalid');
    for (const { id } of [one, other]) expect((await tenant.admin.get<Key>(`/keys/${id}`)).state).toBe('ACTIVE');
    expectProblem(await tell(one.id, 'suspend', { version: 2 }), 'key-not-found');
    expect((await told(one.id, 'suspend')).state).toBe('SUSPENDED');
  });

  it('is made once, even for many concurrent requests', async () => {
    const { id, revision } = await tenant.createKey({ algorithm: 'EC-P256' });
    const replies = await Promise.all(Array.from({ length: 8 }, () => tell(id, 'suspend')));
    expect(replies.map(({ status, body }) => [status, body.state, body.revision])).toEqual(
      Array.from({ length: 8 }, () => [200, 'SUSPENDED', revision + 1]),
    );
  });
});

describe('versions', () => {
  it('can be listed and read individually', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const { items } = await tenant.admin.get<{ items: KeyVersionResource[] }>(`/keys/${key.id}/versions`);
    expect(items).toEqual([
      {
        keyId: key.id,
        version: 1,
        state: 'ACTIVE',
        activateAt: null,
        deactivateAt: null,
        revocation: null,
        destroyAt: null,
        destroyedAt: null,
        recovery: null,
        custody: 'token',
        publicKey: key.publicKey,
        hsm: key.hsm,
        createdAt: expect.any(String) as unknown,
      },
    ]);
    expect(await tenant.admin.get(`/keys/${key.id}/versions/1`)).toEqual(items[0]);
    const noVersion = 'The key exists, and has no version 99. Read its versions at /keys/{id}/versions.';
    const sign = { keyId: key.id, payload: 'AAAA' };
    const { signature } = await tenant.admin.post<SignResult>('/sign', { ...sign, format: 'raw' });
    for (const [method, path, body] of [
      ['GET', `/keys/${key.id}/versions/99`],
      ['GET', `/keys/${key.id}/public-key?version=99`],
      ['POST', `/keys/${key.id}/suspend`, { version: 99 }],
      ['POST', '/verify', { ...sign, signature, version: 99 }],
    ] as const) {
      const reply = await tenant.admin.send<{ detail?: string }>(method, path, body === undefined ? {} : { body });
      expectProblem(reply, 'key-not-found');
      expect(reply.body.detail).toBe(noVersion);
    }
    const other = await tenant.admin.send<{ detail?: string }>('GET', `/keys/${randomUUID()}/versions/99`);
    expectProblem(other, 'key-not-found');
    expect(other.body.detail).toContain('no key with this id');
    expectProblem(await tenant.admin.send('GET', `/keys/${key.id}/versions/first`), 'request-invalid');
  });
});
