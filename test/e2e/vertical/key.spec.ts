import { randomUUID } from 'node:crypto';
import { algorithmNames, algorithmOf, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { type Key, key as keySchema } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { hsmCalls } from '../harness/hsm-call.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { type NewKey, newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

/**
 * Every algorithm with every purpose that keys can be created for. Encryption keys appear once per JOSE algorithm.
 * Post-quantum keys, which SoftHSM does not have, are tried in `test/pq`.
 */
const classical = algorithmNames.filter((name) => algorithmOf(name).parameterSet === undefined);
const kinds: readonly NewKey[] = classical.flatMap((algorithm) =>
  (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).flatMap((purpose): NewKey[] => {
    if (purpose === 'wrap') return [];
    const { encrypt = [] } = algorithmOf(algorithm).purposes;
    return purpose === 'encrypt' ? encrypt.map((alg) => ({ algorithm, purpose, alg })) : [{ algorithm, purpose }];
  }),
);
const describeKind = ({ algorithm, purpose, alg }: NewKey): string =>
  [algorithm, purpose, alg].filter(Boolean).join(' ');

describe('keys through the REST API', () => {
  let rig: Rig;
  let tenant: Tenant;
  beforeAll(async () => {
    rig = await sharedRig();
    tenant = await newTenant(rig);
  });

  it.each(kinds.map((kind) => [describeKind(kind), kind] as const))('creates %s in the HSM', async (_, kind) => {
    const reply = await tenant.admin.send<Key>('POST', '/keys', { body: { ...kind, label: 'a key' } });
    expect(reply.status, reply.text).toBe(201);
    const key = keySchema.parse(reply.body);
    expect(key).toMatchObject({
      ...(kind.purpose && { purpose: kind.purpose }),
      algorithm: kind.algorithm,
      label: 'a key',
    });
    expect(key).toMatchObject({ tenantId: tenant.id, custody: 'token', state: 'ACTIVE', version: 1 });
    const alg = kind.alg ?? joseAlgs(kind.algorithm, key.purpose)[0];
    expect(key.algs).toEqual([alg]);
    expect(key.hsm.uri).toMatch(
      /^pkcs11:token=ankasecure;serial=[0-9a-f]+;id=(%[0-9A-F]{2}){16};type=(private|secret-key)$/,
    );
    const secret = ['aes', 'hmac'].includes(algorithmOf(kind.algorithm).kind);
    expect(key.publicKey === null).toBe(secret);
    if (key.publicKey !== null) {
      expect(key.publicKey.pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
      const use = key.purpose === 'encrypt' ? 'enc' : 'sig';
      expect(key.publicKey.jwk).toMatchObject({ kid: `${key.id}.1`, use, alg });
      expect(Object.keys(key.publicKey.jwk)).not.toEqual(expect.arrayContaining(['d']));
    }
    expect(reply.headers.get('location')).toBe(`/api/v1/keys/${key.id}`);
    expect(reply.headers.get('etag')).toBe(`"${key.revision}"`);
    expect(await tenant.admin.get(`/keys/${key.id}`)).toEqual(key);
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({
      operation: 'key.create',
      keyId: key.id,
      outcome: 'success',
      algorithm: kind.algorithm,
    });
  });

  it('uses the algorithm’s first purpose by default', async () => {
    const made = await Promise.all([
      tenant.createKey({ algorithm: 'EC-P256' }),
      tenant.createKey({ algorithm: 'AES-256' }),
      tenant.createKey({ algorithm: 'HMAC-SHA256' }),
    ]);
    expect(made.map(({ purpose, algs }) => [purpose, algs])).toEqual([
      ['sign', ['ES256']],
      ['encrypt', ['A256KW']],
      ['mac', ['HS256']],
    ]);
  });

  it.each([
    ['a purpose the algorithm does not have', { algorithm: 'Ed25519', purpose: 'encrypt' }, 'purpose-mismatch'],
    ['an alg that is not the algorithm’s', { algorithm: 'EC-P256', alg: 'ES384' }, 'algorithm-mismatch'],
    ['another tenant’s id', { algorithm: 'EC-P256', tenantId: randomUUID() }, 'tenant-mismatch'],
  ] as const)('refuses %s, and records it in the trail', async (_, request, code) => {
    const reply = await tenant.admin.send('POST', '/keys', { body: { label: 'refused', ...request } });
    expectProblem(reply, code);
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({ operation: 'key.create', outcome: 'failure', failureCode: code });
  });

  it('creates one key per Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { algorithm: 'EC-P256', label: 'once' };
    const first = await tenant.admin.send<Key>('POST', '/keys', { body, headers });
    const second = await tenant.admin.send<Key>('POST', '/keys', { body, headers });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expectProblem(
      await tenant.admin.send('POST', '/keys', { body: { ...body, label: 'other' }, headers }),
      'idempotency-mismatch',
    );
    const keys = await tenant.admin.get<{ items: Key[] }>('/keys?label=once');
    expect(keys.items.map(({ id }) => id)).toEqual([first.body.id]);
    const made = await eventually('sealing the creation', async () => {
      const events = await eventsOf(tenant.admin, { keyId: first.body.id, operation: 'key.create' });
      return events.length > 0 && events;
    });
    expect(made).toHaveLength(1);
  });

  it('serves a key from every worker as soon as it is created, also while all workers create keys', async () => {
    const use = async (): Promise<number[]> => {
      const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
      const sign = () => tenant.admin.send('POST', '/sign', { body: { keyId: key.id, payload: 'AAAA' } });
      return Promise.all(Array.from({ length: 10 }, async () => (await sign()).status));
    };
    const before = await hsmCalls(rig);
    const statuses = await Promise.all(Array.from({ length: 40 }, use));
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
    const after = await hsmCalls(rig);
    for (const worker of rig.workers)
      for (const call of ['sign', 'generate'])
        expect(after[`${worker} ${call}`], `${call} by ${worker}`).toBeGreaterThan(before[`${worker} ${call}`] ?? 0);
  });
});
