import { randomUUID } from 'node:crypto';
import type { EncryptResult, Key, SignResult, Tenant as TenantResource } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import { expectProblem } from '../harness/problem.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { platformClient, type Tenant, tenantAt } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

describe('tenants of two partitions', () => {
  let rig: OwnRig;
  const tenants = new Map<string, Tenant>();
  beforeAll(async () => {
    const quota = { 'per-key': { 'operations-per-second': 1, burst: 3 } };
    rig = await startOwnRig({
      workers: 1,
      partitions: ['north'],
      services: { 'crypto-worker': { configuration: { quota } } },
    });
    const platform = await platformClient(rig);
    for (const partition of ['default', 'north']) {
      const body = { slug: `t-${partition}`, name: partition, partition };
      const headers = { 'idempotency-key': randomUUID() };
      const made = await eventually('a tenant', () => platform.post<TenantResource>('/tenants', body, headers));
      expect(made.partition).toBe(partition);
      tenants.set(partition, await tenantAt(rig, made.id));
    }
  });
  afterAll(() => rig.stop());

  it('have keys that are never on the other partition’s token, and can use and audit them', async () => {
    const ids: Record<string, Set<string>> = {};
    for (const [partition, { id: tenantId, admin }] of tenants) {
      for (const custody of ['token', 'wrapped']) {
        const made = (body: object) => admin.post<Key>('/keys', { label: partition, custody, ...body });
        const { id, hsm } = await made({ algorithm: 'EC-P256' });
        expect(hsm.partition).toBe(partition);
        const signed = await admin.send<SignResult>('POST', '/sign', { body: { keyId: id, payload: 'AAAA' } });
        expect(signed.status, signed.text).toBe(200);
        expect((await sealedEvents(admin, signed.correlationId))[0]).toMatchObject({
          tenantId,
          outcome: 'success',
          details: { reportedBy: 'crypto-worker', reporterPartition: partition },
        });
        const { id: boxId } = await made({ algorithm: 'AES-256' });
        await admin.post<EncryptResult>('/encrypt', { keyId: boxId, plaintext: 'AAAA' });
      }
      const rows = await rig.query(
        'ankadb_keys',
        `SELECT object_id FROM key_version WHERE tenant_id = $1 AND custody = 'token'
         UNION ALL SELECT object_id FROM platform_key WHERE tenant_id = $1`,
        [tenantId],
      );
      ids[partition] = new Set(rows.map(({ object_id: id }) => (id as Buffer).toString('hex')));
      // Two keys of the tenant, its KEK and its two MAC keys.
      expect(ids[partition].size).toBe(5);
    }
    const { partitions, hsm } = rig.stack;
    const north = partitions['north'] as typeof hsm;
    expect(north.tokenSerial).not.toBe(hsm.tokenSerial);
    for (const [partition, token, other] of [
      ['default', hsm, 'north'],
      ['north', north, 'default'],
    ] as const) {
      const there = new Set((await tokenObjects(token)).map(({ id }) => id));
      expect([...(ids[partition] ?? [])].filter((id) => !there.has(id))).toEqual([]);
      expect([...(ids[other] ?? [])].filter((id) => there.has(id))).toEqual([]);
    }
  });

  it('get the remaining quota of a key from the worker that counts it', async () => {
    for (const { admin } of tenants.values()) {
      const { id: keyId, ...made } = await admin.post<Key>('/keys', { label: 'bounded', algorithm: 'EC-P256' });
      expect(made).toMatchObject({ state: 'ACTIVE' });
      const sign = () => admin.send('POST', '/sign', { body: { keyId, payload: 'AAAA' } });
      const first = await sign();
      expect([first.status, first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
        200,
        '"tenant";q=50000;w=1, "key";q=3;w=3',
        expect.stringMatching(/^"tenant";r=\d+;t=1, "key";r=2;t=1$/),
      ]);
      const refused = await eventually('a refusal', async () => {
        const reply = await sign();
        return reply.status !== 200 && reply;
      });
      expectProblem(refused, 'quota-exceeded');
      expect([refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual([
        '1',
        expect.stringMatching(/, "key";r=0;t=1$/),
      ]);
      expect((await admin.send('GET', `/keys/${keyId}`)).headers.get('ratelimit')).toMatch(/^"tenant";r=\d+;t=1$/);
    }
  });

  it('can be created only on existing partitions', async () => {
    const platform = await platformClient(rig);
    const body = { slug: 'nowhere', name: 'Nowhere', partition: 'south' };
    expectProblem(await platform.send('POST', '/tenants', { body }), 'partition-not-found');
  });
});
