import { randomBytes, randomUUID } from 'node:crypto';
import { auditEvent } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

const [north, nowhere] = [randomUUID(), randomUUID()];
const eventOf = (tenantId: string, label = 'x') =>
  auditEvent(contextOf(tenantId), { operation: 'key.edit', details: { label } });
/** An earlier version could commit what no trail can hold. JSON of PostgreSQL cannot hold it either. */
const unsealable = eventOf(north, 'a\u0000"tenantId":"00000000-0000-0000-0000-000000000000"');

const insert = (database: DataSource, event: object, quarantined = false): Promise<unknown> =>
  database.query('INSERT INTO outbox (event_count, events, quarantined) VALUES (1, $1, $2)', [
    JSON.stringify([{ ...event, proof: { process: nowhere, mac: 'x' } }]),
    quarantined,
  ]);

const fill = async (database: DataSource): Promise<void> => {
  await database.query(
    `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
     VALUES ($1, 'audit-mac', 1, 'north', 't', 's', $2)`,
    [north, randomBytes(16)],
  );
  await insert(database, eventOf(north));
  await insert(database, unsealable, true);
  await insert(database, eventOf(nowhere));
};

describe('the address of an outcome', () => {
  let database: WorkerDatabase;
  beforeAll(async () => {
    database = await startWorkerDatabase({ migrations: 20, fill });
  });
  afterAll(() => database.stop());
  const rows = () =>
    database.superuser.query<object[]>('SELECT tenant_id, partition, quarantined FROM outbox ORDER BY id');

  it('is filled in for the outcomes that wait when the version changes', async () => {
    expect(await rows()).toEqual([
      { tenant_id: north, partition: 'north', quarantined: false },
      { tenant_id: north, partition: 'north', quarantined: true },
      { tenant_id: nowhere, partition: 'default', quarantined: false },
    ]);
  });

  it('is read from the events and the session, whatever a writer states; an earlier version’s process states none', async () => {
    await database.superuser.query('DELETE FROM outbox');
    const lie = `INSERT INTO outbox (event_count, events, tenant_id, partition) VALUES (1, $1, $2, 'south')`;
    await database.superuser.transaction(async (manager) => {
      await manager.query(lie, [JSON.stringify([eventOf(north)]), nowhere]);
      await manager.query(`SET LOCAL ankasecure.partition = 'east'`);
      await manager.query(lie, [JSON.stringify([eventOf(north)]), nowhere]);
    });
    expect(await rows()).toMatchObject([
      { tenant_id: north, partition: 'north' },
      { tenant_id: north, partition: 'east' },
    ]);
    const nobody = [JSON.stringify([{ tenantId: 'none' }]), nowhere];
    await expect(database.superuser.query(lie, nobody)).rejects.toThrow('for type uuid');
  });
});
