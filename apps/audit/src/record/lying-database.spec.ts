import { randomUUID } from 'node:crypto';
import { listRecordHeads, type RecordChange, readRecordHeads, recordDetails } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrailGuard } from '../anchor/trail-guard.js';
import { contextOf, eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { RecordIndexes } from './record-indexes.js';

const digest = (letter: string): string => letter.repeat(43);

/** The database's owner knows the text of each statement, and can answer it with anything. */
describe('the heads of records in a database whose owner lies to some statements', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let keyId: string;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
    await audit.tamper(`ALTER TABLE record_head RENAME TO real_head;
      CREATE TABLE lie (tenant_id uuid, condition text, since boolean DEFAULT false);
      CREATE FUNCTION lies(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
        DECLARE yes boolean;
        BEGIN
          FOR yes IN EXECUTE coalesce((SELECT 'SELECT ' || condition FROM lie WHERE tenant_id = asked), 'SELECT false') LOOP RETURN yes; END LOOP;
          RETURN false;
        END $$;
      CREATE VIEW record_head WITH (security_invoker = true) AS
        SELECT tenant_id, kind, id, CASE WHEN lies(tenant_id) THEN 1 ELSE seq END AS seq,
          CASE WHEN lies(tenant_id) THEN 1 ELSE revision END AS revision,
          CASE WHEN lies(tenant_id) THEN repeat('A', 43) ELSE digest END AS digest,
          CASE WHEN lies(tenant_id) THEN 'ACTIVE' ELSE state END AS state FROM real_head;
      GRANT SELECT ON record_head TO ankadb_audit_app; GRANT EXECUTE ON FUNCTION lies TO ankadb_audit_app;
      DO $$ BEGIN EXECUTE replace(pg_get_functiondef('advance_record_heads'::regproc), 'record_head AS', 'real_head AS'); END $$`);
  });
  beforeEach(() => {
    [tenantId, keyId] = [randomUUID(), randomUUID()];
  });
  afterAll(() => audit.stop());

  const version = (over: Partial<RecordChange>): RecordChange => ({
    kind: 'key_version',
    id: `${keyId}/1`,
    revision: 1,
    digest: digest('A'),
    state: 'ACTIVE',
    ...over,
  });
  const changing = (over: Partial<RecordChange>) =>
    audit.append([eventOf(tenantId, { details: recordDetails([version(over)]) })]);
  const compromised = { revision: 2, digest: digest('B'), state: 'COMPROMISED' } as const;
  const told = async () => {
    const record = { kind: 'key_version', id: `${keyId}/1` } as const;
    const request = { records: [record], newest: [{ kind: 'key_version' as const, of: keyId }] };
    const { heads } = await audit.buses.worker.request(readRecordHeads, '', contextOf(tenantId), request);
    const list = { owner: 'crypto-worker' as const, after: null };
    const listed = await audit.buses.worker.request(listRecordHeads, '', contextOf(tenantId), list);
    return [...heads, ...listed.heads];
  };
  const lie = (condition: string) => audit.tamper(`INSERT INTO lie VALUES ('${tenantId}', $$${condition}$$)`);
  const honest = () => audit.tamper(`DELETE FROM lie WHERE tenant_id = '${tenantId}'`);

  it.each([
    ['every statement but the comparison', `current_query() NOT LIKE '%"RecordHead"%'`],
    ['what reads by name', `current_query() LIKE '%named%'`],
    ['what lists', `current_query() LIKE '%ORDER BY%'`],
    ['what reads the last changes', `current_query() LIKE '%record_head.seq >%'`],
  ])('are answered from the index when it lies to %s', async (_, condition) => {
    await changing({});
    await lie(condition);
    await changing(compromised);
    for (let round = 0; round < 6; round++) {
      const heads = await told();
      expect(heads).toHaveLength(3);
      for (const head of heads) expect(head).toMatchObject(compromised);
    }
  });

  it.each([
    ['every statement', 'true'],
    ['the comparison', `current_query() LIKE '%"RecordHead"%'`],
  ])('are refused when it lies to %s', async (_, condition) => {
    await changing({});
    await changing(compromised);
    await lie(condition);
    for (let round = 0; round < 6; round++)
      await expect(told()).rejects.toMatchObject({ code: 'service-unavailable', retryable: true });
    await honest();
    expect(await told()).toHaveLength(3);
  });

  it('do not move from a state that it makes up while a change is sealed, and the change waits', async () => {
    await changing({ revision: 5, digest: digest('C') });
    for (const { app } of audit.instances) app.get(RecordIndexes).forget();
    await lie('true');
    await expect(changing({ ...compromised, revision: 6 })).rejects.toMatchObject({ code: 'service-unavailable' });
    await honest();
    expect(await changing({ ...compromised, revision: 6 })).toEqual({ sealed: 1 });
    for (const head of await told()) expect(head).toMatchObject({ state: 'COMPROMISED', revision: 6 });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
  });

  it('are not answered from a trail that was put back, from the next question on', async () => {
    const where = `WHERE tenant_id = '${tenantId}'`;
    const tables = ['sealed_event', 'trail_head', 'real_head', 'record_index', 'record_position'];
    await changing({});
    await audit.tamper(tables.map((table) => `CREATE TABLE old_${table} AS SELECT * FROM ${table} ${where}`).join(';'));
    await changing(compromised);
    for (const { app } of audit.instances) await app.get(TrailGuard).advance();
    expect(await told()).toHaveLength(3);
    await audit.tamper(
      tables.map((table) => `DELETE FROM ${table} ${where}; INSERT INTO ${table} SELECT * FROM old_${table}`).join(';'),
    );
    // Each process answers some of the requests.
    for (let round = 0; round < 6; round++) await expect(told()).rejects.toMatchObject({ code: 'service-unavailable' });
  });
});
