import { randomUUID } from 'node:crypto';
import { listFinalChanges, type RecordChange, recordDetails } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, database, eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { eventsWithStates, namesChanges } from './record-head.sql.js';

const events = 20_000;
/** Every so many events one names a change, and every so many of those one to a final state. */
const [perChange, perFinal] = [500, 10];

/** Events as a trail has them: most of them are uses of keys. Nothing here is sealed. */
const fill = `
  INSERT INTO sealed_event (tenant_id, seq, event_id, user_id, operation, outcome, occurred_at, correlation_id, details,
    mac_key_id, canonical, hmac, previous_hash, hash, sealed_at)
  SELECT $1, n, gen_random_uuid(), 'app', 'sign', 'success', n, 'c' || n,
    CASE WHEN n % ${perChange * perFinal} = 0 THEN '{"record.1":"key_version 1 A COMPROMISED x"}'
      WHEN n % ${perChange} = 0 THEN '{"record.1":"key_version 1 A ACTIVE x"}'
      ELSE '{"alg":"ES256","custody":"token","version":"1"}' END,
    '1', decode(repeat('00', 120), 'hex'), z, z, z, now()
  FROM generate_series(1, ${events}) n, decode(repeat('00', 32), 'hex') z`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe('the events that name changes of records', () => {
  let audit: RunningAudit;
  const tenantId = randomUUID();
  beforeAll(async () => {
    audit = await startAudit();
    await audit.postgres.query(database, fill, [tenantId]);
    await audit.postgres.query(database, 'ANALYZE sealed_event');
  });
  afterAll(() => audit.stop());

  /** The rows that a statement reads to answer, by the index that finds them, under the service's own role. */
  const readBy = async (ask: (manager: EntityManager) => Promise<unknown>): Promise<readonly Plan[]> => {
    const dataSource = audit.instances[0]?.app.get(DataSource) ?? expect.unreachable();
    let plan: readonly Plan[] = [];
    await withTenant(dataSource, tenantId, async (manager) => {
      const query = async (sql: string, values: unknown[]): Promise<unknown[]> => {
        const [row] = await manager.query<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
          values,
        );
        plan = nodesOf(row?.['QUERY PLAN'][0]?.Plan ?? expect.unreachable());
        return [];
      };
      await ask(Object.assign(Object.create(manager) as EntityManager, { query }));
    });
    return plan.filter((node) => node['Index Name'] !== undefined || node['Node Type'] === 'Seq Scan');
  };
  const changes = events / perChange;

  it('are found by their index alone when final states are asked for', async () => {
    const scans = await readBy((manager) => eventsWithStates(manager, tenantId, ['COMPROMISED', 'DESTROYED'], 0, 50));
    const read = scans.filter((scan) => (scan['Actual Rows'] ?? 0) + (scan['Rows Removed by Filter'] ?? 0) > 0);
    expect(read.map((scan) => scan['Index Name'])).toEqual([expect.stringMatching(/tenant_id_seq_idx/)]);
    expect((read[0]?.['Actual Rows'] ?? 0) + (read[0]?.['Rows Removed by Filter'] ?? 0)).toBeLessThanOrEqual(changes);
  });

  it('are found by their index when any is asked for', async () => {
    const scans = await readBy((manager) => namesChanges(manager, tenantId, Number.MAX_SAFE_INTEGER));
    for (const scan of scans) expect(scan['Rows Removed by Filter'] ?? 0).toBeLessThanOrEqual(changes);
  });

  it('are those with the states', async () => {
    const dataSource = audit.instances[0]?.app.get(DataSource) ?? expect.unreachable();
    const found = await withTenant(dataSource, tenantId, (manager) =>
      eventsWithStates(manager, tenantId, ['COMPROMISED', 'DESTROYED'], 0, 50),
    );
    expect(found).toEqual(Array.from({ length: changes / perFinal }, (_, index) => (index + 1) * perChange * perFinal));
  });

  const stateOf = (keyId: string, revision: number, state: string): RecordChange => ({
    kind: 'key_version',
    id: `${keyId}/1`,
    revision,
    digest: 'A'.repeat(43),
    state,
  });

  it.each(['details', 'hash', 'hmac', 'canonical', 'previous_hash', 'event_id'])(
    'tell no final state if the %s of one of them was forged: a restore destroys by what they tell',
    async (column) => {
      const [owner, keyId] = [randomUUID(), randomUUID()];
      for (const [revision, state] of ['ACTIVE', 'DESTROYED'].entries())
        await audit.append([
          eventOf(owner, { details: recordDetails([stateOf(keyId, revision + 1, state)]) }),
          eventOf(owner),
        ]);
      const ask = () => audit.buses.worker.request(listFinalChanges, '', contextOf(owner), { after: 0 });
      expect((await ask()).changes).toEqual([{ ...stateOf(keyId, 2, 'DESTROYED'), seq: 3 }]);
      const forged: Readonly<Record<string, string>> = {
        details: `replace(details, '${keyId}', '${randomUUID()}')`,
        event_id: 'gen_random_uuid()',
      };
      const value = forged[column] ?? `sha256(${column})`;
      await audit.tamper(`UPDATE sealed_event SET ${column} = ${value} WHERE tenant_id = '${owner}' AND seq = 3`);
      const told = { code: 'service-unavailable', detail: expect.stringContaining('Event 3') as string };
      await expect(ask()).rejects.toMatchObject(told);
    },
  );
});
