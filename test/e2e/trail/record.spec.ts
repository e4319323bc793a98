import { randomUUID } from 'node:crypto';
import { type Kek, type Key, mayReport, type Reporter, reporters, type SealedEvent } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client, Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';

let rig: Rig;
let tenant: Tenant;
let key: Key;
let stranger: Client;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  stranger = await tenant.as(['user'], 'stranger');
});

describe('the refusals of a batch', () => {
  const batch = async (items: readonly unknown[], query = ''): Promise<SealedEvent[]> => {
    const reply = await stranger.send<{ items: unknown[] }>('POST', `/sign${query}`, { body: { items } });
    expect(reply.status).toBe(200);
    expect(reply.body.items).toHaveLength(items.length);
    return sealedEvents(tenant.admin, reply.correlationId);
  };

  it('are one event with their number, if they say the same: 2 KB without any right do not fill the trail', async () => {
    const items = Array.from({ length: 1000 }, () => 0);
    expect(JSON.stringify({ items }).length).toBeLessThan(2048);
    expect(await batch(items)).toMatchObject([
      { operation: 'sign', keyId: null, failureCode: 'request-invalid', details: { count: '1000' } },
    ]);
    const denied = Array.from({ length: 500 }, () => ({ keyId: key.id, payload: 'AAAA' }));
    expect(await batch(denied)).toMatchObject([
      { keyId: key.id, failureCode: 'key-access-denied', details: { count: '500', version: '1' } },
    ]);
    expect(await batch(denied, '?dryRun=true')).toMatchObject([
      { operation: 'dry-run.sign', failureCode: 'key-access-denied', details: { count: '500' } },
    ]);
  });

  it('of keys that nobody has are one event, which lists some of them', async () => {
    const unknown = Array.from({ length: 300 }, () => ({ keyId: randomUUID(), payload: 'AAAA' }));
    const [event, ...others] = await batch(unknown);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ keyId: null, failureCode: 'key-not-found', details: { count: '300' } });
    const listed = event?.details['keyIds']?.split(' ') ?? [];
    expect(listed).toHaveLength(13);
    expect(unknown.slice(0, 13).map(({ keyId }) => keyId)).toEqual(listed);
  });

  it('stay apart if they say something different, and every use of a key has its own event', async () => {
    const other = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const events = await batch([0, { keyId: key.id, payload: 'AAAA' }, 0, { keyId: other.id, payload: 'AAAA' }]);
    expect(events.map(({ failureCode, details }) => [failureCode, details['count']]).toSorted()).toEqual([
      ['key-access-denied', undefined],
      ['key-access-denied', undefined],
      ['request-invalid', '2'],
    ]);
    const items = Array.from({ length: 5 }, () => ({ keyId: key.id, payload: 'AAAA' }));
    const { correlationId } = await tenant.admin.send('POST', '/sign', { body: { items } });
    expect(await sealedEvents(tenant.admin, correlationId, 5)).toHaveLength(5);
  });
});

describe('a call that changes nothing', () => {
  it('is on record: of two rotations of the KEK at once, each has its event', async () => {
    for (let made = 0; made < 8; made++)
      await tenant.admin.post('/keys', { algorithm: 'EC-P256', label: 'w', custody: 'wrapped' });
    const rotate = (): Promise<Reply<Kek>> =>
      tenant.admin.send<Kek>('POST', `/tenants/${tenant.id}/kek/rotate`, { body: {} });
    const replies = await Promise.all([rotate(), rotate(), rotate()]);
    const told = await Promise.all(
      replies.map(async ({ status, body, correlationId }) => {
        expect(status).toBe(200);
        const events = await sealedEvents(tenant.admin, correlationId);
        const rotation = events.find(({ operation, outcome }) => operation === 'kek.rotate' && outcome === 'success');
        expect(rotation?.details['generation']).toBe(String(body.generation));
        return { generation: body.generation, began: rotation?.details['unchanged'] === undefined };
      }),
    );
    for (const ofGeneration of Map.groupBy(told, ({ generation }) => generation).values())
      expect(ofGeneration.filter(({ began }) => began)).toHaveLength(1);
  });

  it('is on record: a policy that is in force already', async () => {
    const { version, ...document } = await tenant.document();
    const put = (): Promise<Reply> =>
      tenant.admin.send('PUT', '/policy', {
        body: { ...document, cnsa2: false },
        headers: { 'if-match': `"${version}"` },
      });
    expect((await put()).status).toBe(200);
    const again = await put();
    expect(again.status).toBe(200);
    expect(await sealedEvents(tenant.admin, again.correlationId)).toMatchObject([
      { operation: 'policy.put', outcome: 'success', details: { unchanged: 'true' } },
    ]);
  });
});

it('a refused change is on record, whichever service refuses it', async () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', kid: 'k', alg: 'ES256' };
  const stale = { headers: { 'if-match': '"999"' } };
  const { version: _, ...document } = await tenant.document();
  const refused = [
    ['policy.put', await tenant.admin.send('PUT', '/policy', { body: document, ...stale }), 'precondition-failed'],
    [
      'service-account.create',
      await tenant.admin.send('POST', '/service-accounts', { body: { name: 'x', roles: ['user'], keys: [jwk] } }),
      'request-invalid',
    ],
    ['approval.withdraw', await tenant.admin.send('DELETE', `/approvals/${randomUUID()}`), 'approval-not-found'],
    [
      'key.edit',
      await tenant.admin.send('PATCH', `/keys/${key.id}`, { body: { label: 'y' }, ...stale }),
      'precondition-failed',
    ],
  ] as const;
  for (const [operation, reply, code] of refused) {
    expectProblem(reply, code);
    expect(await sealedEvents(tenant.admin, reply.correlationId)).toMatchObject([
      { operation, outcome: 'failure', failureCode: code },
    ]);
  }
});

it('a refusal is on record exactly once, whoever refuses: a service’s action, its schema, or the gateway', async () => {
  const { admin } = tenant;
  const {
    tenantId: _,
    version: __,
    changedBy: ___,
    changedAt: ____,
    pendingVersion: _____,
    ...document
  } = await tenant.policy();
  const stale = { headers: { 'if-match': '"999"' } };
  const text = { body: 'x', headers: { 'content-type': 'text/plain' } };
  const refused = [
    ['sign', 'request-invalid', undefined, await admin.send('POST', '/sign', { body: {} })],
    [
      'key.edit',
      'precondition-failed',
      undefined,
      await admin.send('PATCH', `/keys/${key.id}`, { body: {}, ...stale }),
    ],
    ['policy.put', 'precondition-failed', undefined, await admin.send('PUT', '/policy', { body: document, ...stale })],
    [
      'access.denied',
      'request-invalid',
      'createKey',
      await admin.send('POST', '/keys', { body: { algorithm: 'none' } }),
    ],
    ['access.denied', 'key-not-found', 'getKey', await admin.send('GET', `/keys/${randomUUID()}`)],
    ['access.denied', 'request-invalid', 'queryEvents', await admin.send('GET', '/audit/events?limit=0')],
    ['access.denied', 'precondition-required', 'putPolicy', await admin.send('PUT', '/policy', { body: document })],
    ['access.denied', 'media-type-unsupported', 'sign', await admin.send('POST', '/sign', text)],
    ['access.denied', 'tenant-mismatch', 'getKek', await admin.send('GET', `/tenants/${randomUUID()}/kek`)],
    ['access.denied', 'access-denied', 'listTenants', await admin.send('GET', '/tenants')],
  ] as const;
  for (const [, code, , reply] of refused) expectProblem(reply, code);
  // Whatever a service recorded besides is sealed by then, because each delivers in order.
  for (const [, , , { correlationId }] of refused) await sealedEvents(admin, correlationId);
  await sealedEvents(admin, (await admin.send('GET', '/tenants')).correlationId);
  for (const [operation, failureCode, operationId, { correlationId }] of refused) {
    const events = await eventsOf(admin, { correlationId });
    expect(events.map((event) => [event.operation, event.failureCode, event.details['operationId']])).toEqual([
      [operation, failureCode, operationId],
    ]);
  }
});

it('every event names the service that reported it, a worker’s partition, and the caller’s address', async () => {
  const events = await eventsOf(tenant.admin);
  const known: Readonly<Record<string, Reporter>> = {
    'policy.put': 'policy',
    'tenant.create': 'policy',
    'service-account.create': 'gateway',
  };
  expect(events.length).toBeGreaterThan(20);
  for (const { operation, details, userId } of events) {
    const { reportedBy, reporterPartition, clientAddress } = details;
    const one = known[operation];
    const allowed = one === undefined ? reporters.filter((reporter) => mayReport(reporter, operation)) : [one];
    expect(allowed, operation).toContain(reportedBy);
    expect(reporterPartition, operation).toBe(reportedBy === 'crypto-worker' ? 'default' : undefined);
    // A service that acts by itself has no address, nor has the confirmation of a worker that a policy is in force.
    if (operation !== 'policy-copy.apply' && (userId === 'administrator' || userId === 'stranger'))
      expect(clientAddress, operation).toBe('127.0.0.1');
  }
  expect(new Set(events.map(({ details }) => details['reportedBy']))).toEqual(
    new Set(['gateway', 'policy', 'crypto-worker']),
  );
});
