import { randomUUID } from 'node:crypto';
import { listRecordHeads, type RecordChange, readRecordHeads, recordDetails } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AnchorSource } from '../anchor/anchor-source.js';
import { HeldAnchors } from '../anchor/held-anchor.js';
import { ToldTrails } from '../anchor/told-trails.js';
import { storeAnchor } from '../anchor/trail-anchor.sql.js';
import { TrailGuard } from '../anchor/trail-guard.js';
import { BoundIndexes } from '../end/bound-index.js';
import { KnownPlaces } from '../end/known-places.js';
import { SealedEnds } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { MacSource } from '../mac/mac-source.js';
import { underAttack } from '../testing/attacked-database.js';
import { keepAnswers, lieNever, lieWhen, lyingTables } from '../testing/lying-tables.js';
import { refusedIndexes } from '../testing/refused-indexes.js';
import { contextOf, eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { IndexAlarm } from './index-alarm.js';
import { sumOf } from './known-heads.js';
import { ProvenHeads } from './proven-heads.js';
import { RecordHead as RecordHeadRow } from './record-head.entity.js';
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
    await audit.tamper(lyingTables);
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
  const keep = () => audit.tamper(keepAnswers(tenantId));
  /** As a new process, which remembers nothing. */
  const forget = () => {
    for (const { app } of audit.instances) app.get(RecordIndexes).forget();
  };
  const guards = () => audit.instances.map(({ app }) => app.get(TrailGuard));
  const lie = (condition: string, ofIndex?: string) => audit.tamper(lieWhen(tenantId, condition, ofIndex));
  const refusals = () => refusedIndexes(audit);
  const honest = () => audit.tamper(lieNever(tenantId));

  it.each([
    ['says that another was stored', 'SELECT false'],
    ['refuses', `SELECT 1 / 0 = 1`],
  ])('are refused while the database keeps no new anchor and %s, and answered again when it does', async (_, body) => {
    await changing({});
    const [guard] = guards();
    await audit.tamper(`ALTER FUNCTION store_trail_anchor RENAME TO real_store;
      CREATE FUNCTION store_trail_anchor(bigint, bigint, bigint, uuid[], bigint[], bytea[], bigint[], bytea[]) RETURNS boolean
        LANGUAGE sql SECURITY DEFINER AS '${body}';
      GRANT EXECUTE ON FUNCTION store_trail_anchor TO ankadb_audit_app`);
    for (let round = 0; round < 3; round++) {
      expect(guard?.fault).toBeNull();
      await guard?.advance().catch(() => undefined);
    }
    await guard?.compare();
    expect(guard?.fault).toContain('does not keep new anchors');
    await audit.tamper('DROP FUNCTION store_trail_anchor; ALTER FUNCTION real_store RENAME TO store_trail_anchor');
    await guard?.advance();
    expect(guard?.fault).toBeNull();
    expect(await told()).toHaveLength(3);
  });

  it('are refused while the database tells the comparison the truth, and what is anchored an older end', async () => {
    await changing({});
    const [guard] = guards();
    await guard?.advance();
    await changing(compromised);
    const { number } = audit.macs.anchor ?? expect.unreachable();
    await audit.tamper('CREATE SEQUENCE told; GRANT USAGE ON SEQUENCE told TO ankadb_audit_owner, ankadb_audit_app');
    const body = `SELECT h.tenant_id, CASE WHEN told.time % 2 = 0 AND h.tenant_id = '${tenantId}' THEN 1 ELSE h.seq END, h.hash,
        coalesce(i.seq, 0), coalesce(i.mac, '')
      FROM (SELECT nextval('told') AS time) told, trail_head h LEFT JOIN real_index i USING (tenant_id)`;
    await audit.tamper('ALTER FUNCTION all_trail_heads VOLATILE');
    await underAttack(audit, { replaced: { name: 'all_trail_heads', body } }, async () => {
      for (let round = 0; round < 3; round++) await expect(guard?.advance()).rejects.toThrow('taken events back');
      await guard?.compare();
      expect(guard?.fault).toContain('does not keep new anchors');
    });
    expect(audit.macs.anchor?.number).toBe(number);
    await guard?.advance();
    expect(guard?.fault).toBeNull();
    expect(audit.macs.anchor?.number).toBeGreaterThan(number);
  });

  it('are not anchored while the database names two ends of a trail, and all are refused then', async () => {
    await changing({});
    const [guard] = guards();
    await guard?.advance();
    const { number } = audit.macs.anchor ?? expect.unreachable();
    const body = `SELECT h.tenant_id, h.seq, h.hash, coalesce(i.seq, 0), coalesce(i.mac, '')
      FROM trail_head h LEFT JOIN real_index i USING (tenant_id)
      UNION ALL SELECT '${tenantId}'::uuid, 1::bigint, sha256(''), 0::bigint, ''::bytea`;
    await underAttack(audit, { replaced: { name: 'all_trail_heads', body } }, async () => {
      for (let round = 0; round < 3; round++) await expect(guard?.advance()).rejects.toThrow('two of one trail');
      await guard?.compare();
      expect(guard?.fault).toContain('does not keep new anchors');
    });
    expect(audit.macs.anchor?.number).toBe(number);
    await guard?.advance();
    expect(guard?.fault).toBeNull();
  });

  it('are refused while the database cuts the bytes of an anchor into other trails', async () => {
    const other = randomUUID();
    await changing({});
    await audit.append([eventOf(other)]);
    const [guard] = guards();
    await guard?.advance();
    await guard?.compare();
    expect(guard?.fault).toBeNull();
    const { number } = audit.macs.anchor ?? expect.unreachable();
    await audit.tamper('CREATE TABLE kept_anchor AS SELECT * FROM trail_anchor');
    // The last two trails become one, whose hash has the bytes of both.
    await audit.tamper(`WITH a AS (SELECT * FROM trail_anchor WHERE number = ${number}),
        t AS (SELECT h.*, row_number() OVER (ORDER BY tenant DESC) AS place FROM a,
          unnest(a.tenants, a.seqs, a.hashes, a.index_seqs, a.index_macs) AS h (tenant, seq, hash, index_seq, index_mac)),
        merged AS (SELECT b.tenant, b.seq, b.hash || int8send(b.index_seq) || b.index_mac || uuid_send(l.tenant)
            || int8send(l.seq) || l.hash AS hash, l.index_seq, l.index_mac
          FROM t b, t l WHERE b.place = 2 AND l.place = 1
          UNION ALL SELECT tenant, seq, hash, index_seq, index_mac FROM t WHERE place > 2)
      UPDATE trail_anchor SET (tenants, seqs, hashes, index_seqs, index_macs) =
        (SELECT array_agg(tenant), array_agg(seq), array_agg(hash), array_agg(index_seq), array_agg(index_mac) FROM merged)
      WHERE number = ${number}`);
    await guard?.compare();
    expect(guard?.fault).toContain('was changed');
    await audit.tamper(`DELETE FROM trail_anchor; INSERT INTO trail_anchor SELECT * FROM kept_anchor`);
    await guard?.compare();
    expect(guard?.fault).toBeNull();
  });

  it('are refused while the database takes too long for an anchor, and answered when it is quick again', async () => {
    const { app } = audit.instances[0] ?? expect.unreachable();
    const [guard, trails] = [app.get(TrailGuard), app.get(ToldTrails)];
    let late = 0;
    const { hrtime } = process;
    const clock = vi.spyOn(process, 'hrtime').mockImplementation(() => {
      const [seconds, nanoseconds] = hrtime();
      return [seconds + late, nanoseconds];
    });
    Object.assign(process.hrtime, { bigint: hrtime.bigint });
    const store = vi.spyOn(trails, 'store').mockImplementation(async (...stored) => {
      late += 21;
      return storeAnchor(audit.instances[0]?.dataSource ?? expect.unreachable(), ...stored);
    });
    try {
      for (let round = 0; round < 3; round++) {
        expect(guard.fault).toBeNull();
        await changing({ revision: round + 1 });
        await guard.advance();
      }
      await guard.compare();
      expect(guard.fault).toContain('does not keep new anchors');
    } finally {
      store.mockRestore();
      clock.mockRestore();
    }
    await guard.advance();
    expect(guard.fault).toBeNull();
  });

  it.each([
    ['tells the second step of a round that it has another anchor', 1, 'differs'],
    ['raises errors when the anchor is read', 0, 'error'],
  ])('are refused while the database %s, and answered again after that', async (_, honestReads, lie) => {
    const { app } = audit.instances[0] ?? expect.unreachable();
    const [guard, anchors] = [app.get(TrailGuard), app.get(HeldAnchors)];
    await changing({});
    const read = anchors.read.bind(anchors);
    let reads = 0;
    const spy = vi.spyOn(anchors, 'read').mockImplementation(() => {
      if (reads++ !== honestReads && lie !== 'error') return read();
      if (lie === 'error') return Promise.reject(new Error('division by zero'));
      return Promise.resolve({ standing: 'differs', anchor: null, fault: 'a lie' });
    });
    try {
      for (let round = 0; round < 4; round++) {
        reads = 0;
        await guard.advance().catch(() => undefined);
      }
      expect(guard.fault).toContain('does not keep new anchors');
    } finally {
      spy.mockRestore();
    }
    await guard.advance();
    expect(guard.fault).toBeNull();
    expect(await told()).toHaveLength(3);
  });

  it('are not taken for anchored if the token holds another anchor of that number', async () => {
    const { app } = audit.instances[0] ?? expect.unreachable();
    const [guard, source] = [app.get(TrailGuard), app.get(AnchorSource)];
    await changing({});
    const write = vi
      .spyOn(source, 'write')
      .mockImplementation(({ number }) => Promise.resolve({ number, digest: digest('Z') }));
    await expect(guard.advance()).rejects.toThrow('did not take anchor');
    write.mockRestore();
    for (const one of guards()) await one.advance();
    expect(guard.fault).toBeNull();
  });

  it('are refused while somebody has put an anchor there that uses up the numbers, and no later one is written', async () => {
    await changing({});
    const [guard] = guards();
    const { number } = audit.macs.anchor ?? expect.unreachable();
    await audit.tamper(`CREATE TABLE planted AS SELECT * FROM trail_anchor ORDER BY number DESC LIMIT 1;
      UPDATE planted SET number = 9007199254740990; INSERT INTO trail_anchor SELECT * FROM planted`);
    for (let round = 0; round < 3; round++) await expect(guard?.advance()).rejects.toThrow('delete it');
    expect(audit.macs.anchor?.number).toBe(number);
    await audit.tamper('DELETE FROM trail_anchor WHERE number = 9007199254740990');
    await guard?.advance();
    expect(guard?.fault).toBeNull();
    expect(audit.macs.anchor?.number).toBe(number + 1);
  });

  it.each([
    ['every statement but the comparison', `current_query() NOT LIKE '%"RecordHead"%'`],
    ['what reads by name', `current_query() LIKE '%named%'`],
    ['what lists', `current_query() LIKE '%ORDER BY%'`],
    ['what reads the last changes', `current_query() LIKE '%record_head.seq >%'`],
  ])('are answered from the index when it lies to %s', async (_, condition) => {
    await changing({});
    await keep();
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
    await keep();
    await changing(compromised);
    await lie(condition);
    const before = await refusals();
    for (let round = 0; round < 6; round++)
      await expect(told()).rejects.toMatchObject({ code: 'service-unavailable', retryable: true });
    expect((await refusals()) - before).toBeGreaterThanOrEqual(6);
    await honest();
    expect(await told()).toHaveLength(3);
  });

  it('do not move from a state that it makes up while a change is sealed, and the change waits', async () => {
    await changing({ revision: 5, digest: digest('C') });
    forget();
    await keep();
    await audit.tamper(`UPDATE old_head SET revision = 9007199254740000 WHERE tenant_id = '${tenantId}'`);
    await lie('true');
    await expect(changing({ ...compromised, revision: 6 })).rejects.toMatchObject({ code: 'service-unavailable' });
    await honest();
    expect(await changing({ ...compromised, revision: 6 })).toEqual({ sealed: 1 });
    for (const head of await told()) expect(head).toMatchObject({ state: 'COMPROMISED', revision: 6 });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
  });

  it('are not answered from a trail that was put back, from the next question on', async () => {
    const where = `WHERE tenant_id = '${tenantId}'`;
    const tables = ['sealed_event', 'trail_head', 'real_head', 'real_index', 'record_position'];
    await changing({});
    await audit.tamper(
      tables.map((table) => `CREATE TABLE past_${table} AS SELECT * FROM ${table} ${where}`).join(';'),
    );
    await changing(compromised);
    for (const { app } of audit.instances) await app.get(TrailGuard).advance();
    expect(await told()).toHaveLength(3);
    await audit.tamper(
      tables
        .map((table) => `DELETE FROM ${table} ${where}; INSERT INTO ${table} SELECT * FROM past_${table}`)
        .join(';'),
    );
    // Each process answers some of the requests.
    for (let round = 0; round < 6; round++) await expect(told()).rejects.toMatchObject({ code: 'service-unavailable' });
  });

  const butPlaces = ['asked', 'all_trail_heads', 'lost_anchored'].map((text) => `current_query() NOT LIKE '%${text}%'`);

  it('are refused after a restart when the index is old and only its place is told truly, also to what is sealed', async () => {
    await changing({});
    await keep();
    await changing(compromised);
    for (const guard of guards()) await guard.advance();
    forget();
    await lie(butPlaces.join(' AND '), butPlaces.join(' AND '));
    for (let round = 0; round < 4; round++) await expect(told()).rejects.toMatchObject({ code: 'service-unavailable' });
    await expect(changing({ id: `${keyId}/2`, revision: 3 })).rejects.toMatchObject({ code: 'service-unavailable' });
    await honest();
    await changing({ id: `${keyId}/2`, revision: 3 });
    expect(await told()).toContainEqual(expect.objectContaining(compromised));
  });

  it.each([
    ['an older head', { revision: 1, digest: digest('A') }],
    ['a later head', { revision: 3, digest: digest('C') }],
    ['no head', undefined],
  ])('are refused when %s stands under a genuine MAC, with the sum that fits it', async (_, over) => {
    await changing({});
    await changing({ ...compromised, id: `${keyId}/2` });
    await changing(compromised);
    expect(await told()).toHaveLength(4);
    const where = `tenant_id = '${tenantId}' AND id = '${keyId}/1'`;
    await audit.tamper(
      over === undefined
        ? `DELETE FROM real_head WHERE ${where}`
        : `UPDATE real_head SET state = 'ACTIVE', revision = ${over.revision}, digest = '${over.digest}' WHERE ${where}`,
    );
    const { dataSource } = audit.instances[0] ?? expect.unreachable();
    const heads = await withTenant(dataSource, tenantId, (manager) => manager.findBy(RecordHeadRow, { tenantId }));
    const sum = await sumOf(heads);
    await audit.tamper(`UPDATE real_index SET sum = '\\x${sum.toString('hex')}' WHERE tenant_id = '${tenantId}'`);
    for (const { app } of audit.instances) {
      // Its heads were dropped from memory for those of other tenants. What it knows of the index stays.
      const [macs, alarm] = [app.get(MacSource), app.get(IndexAlarm)];
      const guard = app.get(TrailGuard);
      const proven = new ProvenHeads(alarm, app.get(KnownPlaces), app.get(BoundIndexes), app.get(TrailDescent));
      const indexes = new RecordIndexes(dataSource, macs, alarm, guard, proven);
      await expect(indexes.heads(contextOf(tenantId))).rejects.toMatchObject({
        code: 'service-unavailable',
        detail: expect.stringContaining('its MAC is not genuine') as unknown,
      });
    }
  });

  it('keep their place in the anchor when the database leaves their trail out of the next one', async () => {
    await changing({});
    for (const guard of guards()) await guard.advance();
    const other = randomUUID();
    await audit.append([eventOf(other)]);
    for (const { app } of audit.instances) app.get(SealedEnds).forget();
    const { number } = audit.macs.anchor ?? expect.unreachable();
    const body = `SELECT h.tenant_id, h.seq, h.hash, coalesce(i.seq, 0), coalesce(i.mac, '') FROM trail_head h
      LEFT JOIN real_index i USING (tenant_id) WHERE h.tenant_id <> '${tenantId}'`;
    const [guard] = guards();
    await underAttack(audit, { replaced: { name: 'all_trail_heads', body } }, async () => {
      await guard?.advance();
      expect(await guard?.refused()).toContain(tenantId);
    });
    expect(audit.macs.anchor?.number).toBeGreaterThan(number);
    await audit.tamper(`UPDATE trail_head SET seq = 0 WHERE tenant_id = '${tenantId}'`);
    await guard?.compare();
    expect(await guard?.refused()).toContain(tenantId);
    await audit.tamper(`UPDATE trail_head SET seq = 1 WHERE tenant_id = '${tenantId}'`);
    await guard?.compare();
    expect(await guard?.refused()).not.toContain(tenantId);
  });

  it('are not anchored with an index that this process knows to be old', async () => {
    await changing({});
    await keep();
    await changing(compromised);
    await told();
    await lie('false', `current_query() LIKE '%all_trail_heads%'`);
    for (const guard of guards()) await guard.compare();
    const refused = async () => (await Promise.all(guards().map((guard) => guard.refused()))).flat();
    expect(await refused()).toContain(tenantId);
    for (const guard of guards()) await guard.advance();
    await honest();
    for (const guard of guards()) await guard.compare();
    expect(await refused()).not.toContain(tenantId);
    // The anchor has the index that the process knows, so a new process refuses the old one.
    forget();
    await lie('true', 'true');
    for (const guard of guards()) await guard.compare();
    expect(await refused()).toContain(tenantId);
  });
});
