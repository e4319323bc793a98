import { randomUUID } from 'node:crypto';
import type { DryRun, Key, RestoredRecord, RestoreReport } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, outcomeOf } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, platformClient, type Tenant } from '../harness/tenant.js';
import { eventsOf, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

/** Somebody who owns `ankadb_keys` forges events, and has the operator apply the trail to the database. */
describe('a forged event in the outbox', () => {
  let rig: OwnRig;
  let tenant: Tenant;
  let operator: Client;
  beforeAll(async () => {
    rig = await startOwnRig({ workers: 1 });
    [tenant, operator] = [await newTenant(rig), await platformClient(rig)];
  });
  afterAll(() => rig.stop());

  const sql = (text: string, values: readonly unknown[] = []) => rig.query('ankadb_keys', text, values);
  const sign = ({ id }: Key) => tenant.admin.send('POST', '/sign', { body: { keyId: id, payload: 'AAAA' } });
  const waiting = async (quarantined: boolean): Promise<number> =>
    (await sql('SELECT FROM outbox WHERE quarantined = $1', [quarantined])).length;
  const everythingSealed = () => eventually('sealing every event', async () => (await waiting(false)) === 0);

  /** Puts an event into the outbox that says that version 1 of the key is ACTIVE, in a form of the forger. */
  const forge = async ({ id }: Key, revision: number): Promise<void> => {
    const event = {
      eventId: randomUUID(),
      tenantId: tenant.id,
      userId: 'administrator',
      keyId: id,
      algorithm: 'EC-P256',
      operation: 'key.resume',
      outcome: 'success',
      failureCode: null,
      occurredAt: Date.now() * 1000,
      correlationId: 'forged',
      details: { 'record.1': `key_version ${revision} ${'A'.repeat(43)} ACTIVE ${id}/1` },
    };
    await sql('INSERT INTO outbox (event_count, events, partition) VALUES (1, $1, $2)', [
      JSON.stringify([event]),
      'default',
    ]);
  };
  const rowOf = async ({ id }: Key): Promise<unknown> =>
    (await sql('SELECT v::text AS row FROM key_version v WHERE key_id = $1', [id]))[0]?.['row'];
  const putBack = async ({ id }: Key, row: unknown): Promise<void> => {
    await sql('DELETE FROM key_usage WHERE key_id = $1', [id]);
    await sql('DELETE FROM key_version WHERE key_id = $1', [id]);
    await sql('INSERT INTO key_version SELECT ($1::key_version).*', [row]);
  };
  const restore = async (key: Key): Promise<RestoredRecord | undefined> => {
    const path = `/tenants/${tenant.id}/restore`;
    const { restored } = await operator.post<DryRun>(`${path}?dryRun=true`, {});
    const { records } = await operator.post<RestoreReport>(path, {});
    expect(restored?.records).toEqual(records);
    return records.find(({ kind, id }) => kind === 'key_version' && id === `${key.id}/1`);
  };
  /** A worker compares what it remembers each minute. */
  const refusedAsOutdated = (key: Key) =>
    eventually('the refusal of the row', async () => outcomeOf(await sign(key)) === 'record-outdated');

  it('does not make a compromised key usable: it is quarantined, and the old row stays refused', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const old = await rowOf(key);
    await tenant.admin.post(`/keys/${key.id}/compromise`, {});
    await everythingSealed();
    await forge(key, 1_000_000);
    await eventually('the quarantine', async () => (await waiting(true)) === 1);
    expectProblem(await sign(key), 'key-state');
    await putBack(key, old);
    await refusedAsOutdated(key);
    expect(await restore(key)).toMatchObject({ outcome: 'reapplied', state: 'COMPROMISED' });
    expectProblem(await sign(key), 'key-state');
    expect((await tenant.admin.get<Key>(`/keys/${key.id}`)).state).toBe('COMPROMISED');
    await sql('DELETE FROM outbox WHERE quarantined');
  });

  it('does not make a genuine key outdated: it is quarantined, and the trail has no such change', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    await everythingSealed();
    await forge(key, 2_000_000);
    await eventually('the quarantine', async () => (await waiting(true)) === 1);
    expect(await eventsOf(tenant.admin, { correlationId: 'forged' })).toEqual([]);
    expect(await restore(key)).toBeUndefined();
    expect((await sign(key)).status).toBe(200);
    expect(await verification(tenant.admin)).toMatchObject({ valid: true });
    await sql('DELETE FROM outbox WHERE quarantined');
  });
});
