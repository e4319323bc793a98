import { randomUUID } from 'node:crypto';
import type { EncryptResult, Key } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let rig: Rig;
let tenant: Tenant;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

const tell = (id: string, verb: string, body: object = {}): Promise<Reply<Key>> =>
  tenant.admin.send<Key>('POST', `/keys/${id}/${verb}`, { body });
const read = (id: string): Promise<Key> => tenant.admin.get<Key>(`/keys/${id}`);
const destroyed = (id: string): Promise<Key> =>
  eventually('the destruction', async () => {
    const key = await read(id);
    return key.state === 'DESTROYED' && key;
  });
const objectOf = ({ hsm: { uri } }: Key): string =>
  (/id=([%0-9A-F]+)/.exec(uri ?? '')?.[1] ?? '').replaceAll('%', '').toLowerCase();
const inToken = async (key: Key): Promise<boolean> =>
  (await tokenObjects(rig.hsm)).some(({ id }) => id === objectOf(key));

describe('destruction', () => {
  it('removes the object from the HSM once, and keeps its metadata', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'encrypt' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: key.id, plaintext: 'AAAA' });
    expect(await inToken(key)).toBe(true);
    const scheduled = await tell(key.id, 'schedule-destroy', { waitingDays: 0 });
    expect(scheduled.body, scheduled.text).toMatchObject({ state: 'DESTROY_SCHEDULED' });
    const gone = await destroyed(key.id);
    expect(await inToken(key)).toBe(false);
    expect(gone).toMatchObject({ publicKey: key.publicKey, label: key.label, algorithm: 'EC-P256' });
    expect(Date.parse(gone.destroyedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(gone.destroyAt ?? '') - 1000);

    const reply = await tenant.admin.send<{ detail: string }>('POST', '/decrypt', { body: { jwe, acceptRisk: true } });
    expectProblem(reply, 'key-state');
    expect(reply.body.detail).toContain('destroyed');
    for (const verb of ['cancel-destroy', 'schedule-destroy', 'resume', 'compromise'])
      expectProblem(await tell(key.id, verb), 'key-state');

    const events = await eventually('its sealed event', async () => {
      const all = await eventsOf(tenant.admin, { keyId: key.id, operation: 'key.destroy' });
      return all.length > 0 && all;
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      outcome: 'success',
      userId: 'crypto-worker',
      details: { version: '1', from: 'DESTROY_SCHEDULED', to: 'DESTROYED', scheduledBy: 'administrator' },
    });
  });

  it('waits 30 days by default, and can be cancelled until then', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
    const { body: scheduled, correlationId } = await tell(id, 'schedule-destroy');
    const days = (Date.parse(scheduled.destroyAt ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
    const [event] = await sealedEvents(tenant.admin, correlationId);
    expect(event?.details).toMatchObject({ from: 'ACTIVE', to: 'DESTROY_SCHEDULED', destroyAt: scheduled.destroyAt });
    expectProblem(await tenant.admin.send('POST', '/decrypt', { body: { jwe, acceptRisk: true } }), 'key-state');
    expectProblem(await tell(id, 'schedule-destroy', { waitingDays: 0 }), 'key-state');
    expect((await tell(id, 'cancel-destroy')).body).toMatchObject({ state: 'SUSPENDED', destroyAt: null });
    expect((await tell(id, 'resume')).body.state).toBe('ACTIVE');
    expect((await tenant.admin.post<{ plaintext: string }>('/decrypt', { jwe })).plaintext).toBe('AAAA');
  });

  it('requested again returns the scheduled destruction, neither earlier nor later', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    const first = await tell(id, 'schedule-destroy');
    const again = await tell(id, 'schedule-destroy');
    const deleted = await tenant.admin.send<Key>('DELETE', `/keys/${id}`);
    for (const { status, text } of [again, deleted]) expect([status, text]).toEqual([200, first.text]);
    expect((await sealedEvents(tenant.admin, again.correlationId))[0]).toMatchObject({
      outcome: 'success',
      details: { from: 'DESTROY_SCHEDULED', to: 'DESTROY_SCHEDULED', destroyAt: first.body.destroyAt },
    });
    for (const waitingDays of [0, 29, 31])
      expectProblem(await tell(id, 'schedule-destroy', { waitingDays }), 'key-state');
  });

  it('leaves a compromised key compromised when it is cancelled', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    await tell(id, 'compromise');
    await tell(id, 'schedule-destroy');
    expect((await tell(id, 'cancel-destroy')).body.state).toBe('COMPROMISED');
  });

  it('waits for the full period if the key has purge protection, even if the platform’s minimum is shorter', async () => {
    const body = { algorithm: 'AES-256', label: 'protected', purgeProtection: true };
    const { id, purgeProtection } = await tenant.admin.post<Key>('/keys', body);
    expect(purgeProtection).toBe(true);
    for (const waitingDays of [0, 29]) expectProblem(await tell(id, 'schedule-destroy', { waitingDays }), 'key-state');
    expectProblem(await tenant.admin.send('DELETE', `/keys/${id}?waitingDays=7`), 'key-state');
    expect((await tell(id, 'schedule-destroy', { waitingDays: 30 })).body.state).toBe('DESTROY_SCHEDULED');
  });

  it('works the same by DELETE, and can be repeated with an Idempotency-Key', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const headers = { 'idempotency-key': randomUUID() };
    const first = await tenant.admin.send<Key>('DELETE', `/keys/${key.id}?waitingDays=0`, { headers });
    expect([first.status, first.body.state]).toEqual([200, 'DESTROY_SCHEDULED']);
    const again = await tenant.admin.send<Key>('DELETE', `/keys/${key.id}?waitingDays=0`, { headers });
    expect([again.status, again.headers.get('idempotency-replayed'), again.text]).toEqual([200, 'true', first.text]);
    await destroyed(key.id);
    expect(await inToken(key)).toBe(false);
  });

  it('is allowed only for the tenant’s administrators', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const other = await tenant.as(['application-admin', 'user', 'auditor']);
    expectProblem(await other.send('DELETE', `/keys/${id}`), 'access-denied');
    expectProblem(await other.send('POST', `/keys/${id}/schedule-destroy`), 'access-denied');
    expectProblem(await tell(id, 'schedule-destroy', { waitingDays: -1 }), 'request-invalid');
  });
});
