import { randomUUID } from 'node:crypto';
import {
  acceptTrails,
  appendFromGateway,
  listFinalChanges,
  listRecordHeads,
  listRecordPositions,
  platformTenantId,
  type RecordChange,
  readHighestRevision,
  readRecordHeads,
  recordDetails,
} from '@ankasecure/contracts';
import { testProof } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TrailGuard } from '../anchor/trail-guard.js';
import { BoundIndexes } from '../end/bound-index.js';
import { KnownPlaces } from '../end/known-places.js';
import { SealedEnds } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { seal } from '../event/seal.js';
import { MacSource } from '../mac/mac-source.js';
import { reportedEventOf } from '../reporter/reported-event.js';
import {
  contextOf,
  database,
  eventOf,
  eventsOf,
  proven,
  type RunningAudit,
  startAudit,
} from '../testing/running-audit.js';
import { IndexAlarm } from './index-alarm.js';
import { sumOf } from './known-heads.js';
import { ProvenHeads } from './proven-heads.js';
import { RecordIndexes } from './record-indexes.js';

const digest = (letter: string): string => letter.repeat(43);
const versionOf = (keyId: string, version: number, over: Partial<RecordChange> = {}): RecordChange => ({
  kind: 'key_version',
  id: `${keyId}/${version}`,
  revision: version,
  digest: digest('A'),
  state: 'ACTIVE',
  ...over,
});

describe('the heads of records', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());

  const changing = (tenantId: string, ...changes: readonly RecordChange[]) =>
    audit.append([eventOf(tenantId, { details: { custody: 'token', ...recordDetails(changes) } })]);
  const guard = (): TrailGuard => audit.instances[0]?.app.get(TrailGuard) ?? expect.unreachable();
  const heads = async (tenantId: string, ids: readonly string[], newestOf?: string) => {
    const records = ids.map((id) => ({ kind: 'key_version' as const, id }));
    const newest = newestOf === undefined ? [] : [{ kind: 'key_version' as const, of: newestOf }];
    const reply = await audit.gateway.request(readRecordHeads, '', contextOf(tenantId), { records, newest });
    return reply.heads;
  };

  it('are the changes with the highest revision, in whatever order their events are sealed', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1, { revision: 5, digest: digest('B'), state: 'SUSPENDED' }));
    await changing(tenantId, versionOf(keyId, 1, { revision: 3 }), versionOf(keyId, 2, { revision: 4 }));
    expect(await heads(tenantId, [`${keyId}/1`, `${keyId}/2`, `${keyId}/3`])).toEqual([
      { kind: 'key_version', id: `${keyId}/1`, seq: 1, revision: 5, digest: digest('B'), state: 'SUSPENDED' },
      { kind: 'key_version', id: `${keyId}/2`, seq: 2, revision: 4, digest: digest('A'), state: 'ACTIVE' },
    ]);
  });

  it('keep only the last of several changes in one batch, and mark a deletion', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await audit.append([
      eventOf(tenantId, { details: recordDetails([versionOf(keyId, 1, { revision: 1 })]) }),
      eventOf(tenantId, {
        details: recordDetails([versionOf(keyId, 1, { revision: 2, digest: null, state: undefined })]),
      }),
      ...eventsOf(tenantId, 2),
    ]);
    expect(await heads(tenantId, [`${keyId}/1`])).toEqual([
      { kind: 'key_version', id: `${keyId}/1`, seq: 2, revision: 2, digest: null, state: null },
    ]);
  });

  it('find the newest version by its number', async () => {
    const [tenantId, keyId, other] = [randomUUID(), randomUUID(), randomUUID()];
    await changing(tenantId, ...[9, 10, 2].map((version) => versionOf(keyId, version)), versionOf(other, 77));
    expect(await heads(tenantId, [], keyId)).toMatchObject([{ id: `${keyId}/10` }]);
    expect(await heads(tenantId, [], randomUUID())).toEqual([]);
    await changing(tenantId, versionOf(keyId, 10, { revision: 11, digest: null }));
    expect(await heads(tenantId, [], keyId)).toMatchObject([{ id: `${keyId}/9` }]);
  });

  it('find the newest of records whose id is a number', async () => {
    const tenantId = randomUUID();
    const rotations = [9, 10].map((generation) => ({
      ...versionOf('', generation),
      kind: 'kek_rotation' as const,
      id: String(generation),
    }));
    await changing(tenantId, ...rotations);
    const newest = [{ kind: 'kek_rotation' as const, of: null }];
    const reply = await audit.gateway.request(readRecordHeads, '', contextOf(tenantId), { records: [], newest });
    expect(reply.heads).toMatchObject([{ kind: 'kek_rotation', id: '10' }]);
  });

  it('are shown to their own tenant only', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1));
    expect(await heads(tenantId, [`${keyId}/1`])).toHaveLength(1);
    expect(await heads(randomUUID(), [`${keyId}/1`])).toEqual([]);
  });

  it('are listed by owner, and counted as positions', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 7));
    const issuer: RecordChange = { kind: 'issuer', id: 'i', revision: 3, digest: digest('C') };
    const event = eventOf(tenantId, { operation: 'issuer.create', details: recordDetails([issuer]) });
    await expect(changing(tenantId, issuer)).rejects.toMatchObject({ code: 'access-denied' });
    await audit.gateway.request(appendFromGateway, '', contextOf(platformTenantId), {
      events: proven([event], testProof('gateway')),
    });
    const list = (owner: 'crypto-worker' | 'gateway') =>
      audit.gateway.request(listRecordHeads, '', contextOf(tenantId), { owner, after: null });
    expect(await list('crypto-worker')).toMatchObject({ heads: [{ id: `${keyId}/7` }], complete: true });
    expect(await list('gateway')).toMatchObject({ heads: [{ kind: 'issuer', id: 'i' }], complete: true });
    const highest = (owner: 'crypto-worker' | 'gateway' | 'policy') =>
      audit.gateway.request(readHighestRevision, '', contextOf(tenantId), { owner });
    expect(await highest('crypto-worker')).toEqual({ revision: 7 });
    expect(await highest('gateway')).toEqual({ revision: 3 });
    expect(await highest('policy')).toEqual({ revision: 0 });
    const positions = async (owner: 'crypto-worker' | 'gateway', partition: string | null) => {
      const request = { owner, partition, after: null };
      const { items } = await audit.gateway.request(listRecordPositions, '', contextOf(tenantId), request);
      return items.filter((item) => item.tenantId === tenantId);
    };
    expect(await positions('crypto-worker', 'default')).toEqual([{ tenantId, revision: 7 }]);
    expect(await positions('gateway', null)).toEqual([{ tenantId, revision: 3 }]);
    expect(await positions('crypto-worker', 'other')).toEqual([]);
  });

  it('refuse an event that does not name its change properly', async () => {
    const tenantId = randomUUID();
    for (const text of [
      '',
      'key_version',
      `user 1 ${digest('A')} - x`,
      `key_version 0 ${digest('A')} - x`,
      'key_version 1 A - x',
    ])
      await expect(audit.append([eventOf(tenantId, { details: { 'record.1': text || ' ' } })])).rejects.toMatchObject({
        code: 'request-invalid',
      });
    expect(await audit.query(tenantId)).toMatchObject({ items: [] });
  });

  const compromised = { revision: 2, state: 'COMPROMISED', digest: digest('B') } as const;
  it.each(['COMPROMISED', 'DESTROYED'])(
    'refuse a forged change of a %s record, and go on with the others',
    async (state) => {
      const [tenantId, keyId] = [randomUUID(), randomUUID()];
      await changing(tenantId, versionOf(keyId, 1, { ...compromised, state }));
      for (const forged of ['ACTIVE', 'SUSPENDED', undefined])
        await expect(changing(tenantId, versionOf(keyId, 1, { revision: 1000, state: forged }))).rejects.toMatchObject({
          code: 'request-invalid',
          detail: expect.stringContaining(`${keyId}/1, revision 1000`) as unknown,
        });
      expect(await heads(tenantId, [`${keyId}/1`])).toMatchObject([{ seq: 1, revision: 2, state }]);
      await changing(tenantId, versionOf(keyId, 1, { revision: 1 }), versionOf(keyId, 2, { revision: 3 }));
      await changing(tenantId, versionOf(keyId, 1, { revision: 4, state: 'DESTROYED' }));
      expect(await heads(tenantId, [`${keyId}/1`])).toMatchObject([{ seq: 3, revision: 4, state: 'DESTROYED' }]);
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
    },
  );

  it('refuse another form of a record with the same revision', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1));
    await expect(changing(tenantId, versionOf(keyId, 1, { digest: digest('B') }))).rejects.toMatchObject({
      code: 'request-invalid',
    });
    await changing(tenantId, versionOf(keyId, 1));
  });

  it('refuse a forged change in the batch of the genuine one', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    const events = [compromised, { revision: 3 }].map((over) =>
      eventOf(tenantId, { details: recordDetails([versionOf(keyId, 1, over)]) }),
    );
    await expect(audit.append(events)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await audit.append(events.slice(0, 1))).toEqual({ sealed: 1 });
  });

  it('list every change to a final state, whatever came after it', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1, { revision: 1000 }));
    await changing(tenantId, versionOf(keyId, 1, compromised));
    for (let event = 0; event < 3; event++)
      await audit.append(
        Array.from({ length: 20 }, (_, n) =>
          eventOf(tenantId, { details: recordDetails([versionOf(keyId, 20 * event + n + 2, compromised)]) }),
        ),
      );
    const request = (after: number) => audit.buses.worker.request(listFinalChanges, '', contextOf(tenantId), { after });
    const first = await request(0);
    expect(first.changes).toHaveLength(50);
    expect(first.changes[0]).toEqual({ kind: 'key_version', id: `${keyId}/1`, seq: 2, ...compromised });
    const second = await request(first.next ?? 0);
    expect(second).toMatchObject({ next: null, changes: { length: 11 } });
    expect(await heads(tenantId, [`${keyId}/1`])).toMatchObject([{ seq: 2, ...compromised }]);
  });

  it.each([
    ['put back', `UPDATE record_head SET revision = 1, digest = '${digest('A')}'`],
    ['given another digest', `UPDATE record_head SET digest = '${digest('F')}'`],
    ['deleted', 'DELETE FROM record_head'],
    ['given another state', `UPDATE record_head SET state = 'SUSPENDED'`],
    ['moved forward', `UPDATE record_head SET revision = 9, digest = '${digest('F')}', state = 'ACTIVE'`],
    ['moved forward, as if by a later event', `UPDATE record_head SET revision = 9, seq = 77, state = 'ACTIVE'`],
    ['added', `INSERT INTO record_head SELECT tenant_id, kind, id || '0', 2, 9, digest, state FROM record_head`],
  ])('are compared with the trail by its verification, which finds a head that was %s', async (_, sql) => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1, { revision: 1 }));
    await changing(tenantId, versionOf(keyId, 1, { revision: 2, digest: digest('B') }));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
    await audit.tamper(`${sql} WHERE tenant_id = '${tenantId}'`);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 2, reason: 'record-forgotten' });
  });

  it.each([
    ['put back', `UPDATE record_head SET revision = 1, seq = 1, digest = '${digest('A')}'`],
    ['given another state', `UPDATE record_head SET state = 'SUSPENDED'`],
    ['deleted', 'DELETE FROM record_head'],
    [
      'added',
      `INSERT INTO record_head SELECT tenant_id, kind, id || '0', seq, revision, digest, state FROM record_head`,
    ],
    ['deleted with the index', 'DELETE FROM record_index; DELETE FROM record_head'],
    ['kept beside a changed index', `UPDATE record_index SET mac = decode(repeat('00', 32), 'hex')`],
  ])('are not believed when one was %s', async (_, sql) => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1, { revision: 1 }));
    await changing(tenantId, versionOf(keyId, 1, { revision: 2, digest: digest('B') }));
    const where = `WHERE tenant_id = '${tenantId}'`;
    await audit.tamper(`${sql.replaceAll(';', ` ${where};`)} ${where}`);
    for (let instance = 0; instance < 4; instance++)
      await expect(heads(tenantId, [`${keyId}/1`])).rejects.toMatchObject({ code: 'service-unavailable' });
  });

  it('are not believed when one was moved forward with the sum of the index, beside the MAC that it had', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1));
    const forged = {
      kind: 'key_version',
      id: `${keyId}/1`,
      seq: 1,
      revision: 9,
      digest: digest('F'),
      state: 'ACTIVE',
    } as const;
    const where = `WHERE tenant_id = '${tenantId}'`;
    await audit.tamper(`UPDATE record_head SET revision = 9, digest = '${digest('F')}' ${where};
      UPDATE record_index SET sum = '\\x${(await sumOf([forged])).toString('hex')}' ${where}`);
    for (const { app } of audit.instances)
      await expect(app.get(RecordIndexes).heads(contextOf(tenantId))).rejects.toMatchObject({
        code: 'service-unavailable',
        detail: expect.stringContaining('its MAC is not genuine') as unknown,
      });
  });

  it('are not believed beside an index under a MAC key that does not exist, and the next change waits', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1));
    for (const { app } of audit.instances) app.get(RecordIndexes).forget();
    await audit.tamper(`UPDATE record_index SET mac_key_id = '9.2026-01-01' WHERE tenant_id = '${tenantId}'`);
    await expect(heads(tenantId, [`${keyId}/1`])).rejects.toMatchObject({ code: 'service-unavailable' });
    await expect(changing(tenantId, versionOf(keyId, 2))).rejects.toMatchObject({ code: 'service-unavailable' });
  });

  it('are not believed when they were put back together with an older index', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    const where = `WHERE tenant_id = '${tenantId}'`;
    await changing(tenantId, versionOf(keyId, 1, { revision: 1 }));
    await audit.tamper(`CREATE TABLE old_index AS SELECT * FROM record_index ${where}`);
    await changing(tenantId, versionOf(keyId, 1, { revision: 2, digest: digest('B') }));
    await guard().advance();
    await audit.tamper(`UPDATE record_head SET revision = 1, seq = 1, digest = '${digest('A')}' ${where};
      UPDATE record_index i SET seq = o.seq, sum = o.sum, mac = o.mac FROM old_index o WHERE i.tenant_id = o.tenant_id; DROP TABLE old_index`);
    await guard().compare();
    expect(await guard().refused()).toContain(tenantId);
    const accept = () => audit.gateway.request(acceptTrails, '', contextOf(platformTenantId), {});
    expect(await accept()).toMatchObject({ accepted: true });
    // Each instance takes some of these requests. One that has refused the trail takes the acceptance over soon after.
    const said = await vi.waitFor(() => Promise.all(Array.from({ length: 8 }, () => heads(tenantId, [`${keyId}/1`]))), {
      timeout: 300_000,
      interval: 500,
    });
    for (const known of said) expect(known).toMatchObject([{ revision: 2, digest: digest('B') }]);
  });

  it('are derived from the proven events alone when an operator accepts a trail, whatever the database says', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    const where = `WHERE tenant_id = '${tenantId}'`;
    await changing(tenantId, versionOf(keyId, 1, { revision: 1 }));
    await changing(tenantId, versionOf(keyId, 1, compromised));
    await guard().advance();
    await audit.tamper(`UPDATE record_head SET revision = 9, seq = 9, digest = '${digest('F')}', state = 'ACTIVE' ${where};
      INSERT INTO record_head SELECT tenant_id, kind, '${keyId}/2', 1, 1, '${digest('F')}', 'ACTIVE' FROM record_head ${where};
      UPDATE record_index SET seq = 9 ${where}; UPDATE record_position SET revision = 9 ${where};
      UPDATE trail_anchor SET hashes[1] = decode(repeat('00', 32), 'hex')`);
    await guard().compare();
    expect(guard().fault).not.toBeNull();
    const accept = () => audit.gateway.request(acceptTrails, '', contextOf(platformTenantId), {});
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    for (const { app } of audit.instances) await app.get(TrailGuard).compare();
    const genuine = { kind: 'key_version', id: `${keyId}/1`, seq: 2, ...compromised };
    const names = [`${keyId}/1`, `${keyId}/2`];
    await expect.poll(() => heads(tenantId, names), { interval: 500 }).toEqual([genuine]);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
    const request = { owner: 'crypto-worker', partition: 'default', after: null } as const;
    const { items } = await audit.gateway.request(listRecordPositions, '', contextOf(tenantId), request);
    expect(items).toContainEqual({ tenantId, revision: 2 });
    await expect(changing(tenantId, versionOf(keyId, 1, { revision: 1000 }))).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('are believed although a change is sealed while they are compared', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 1));
    const { app, dataSource } = audit.instances[0] ?? expect.unreachable();
    const macs = app.get(MacSource);
    const sealAnother = async (): Promise<void> => {
      const event = eventOf(tenantId, { details: recordDetails([versionOf(keyId, 2)]) });
      const reported = reportedEventOf({ reporter: 'crypto-worker', partition: 'default' }, event);
      const [made] = await macs.compute(contextOf(tenantId), null, [reported.canonical]);
      const trail = { tenantId, partition: 'default', known: undefined, rowAt: () => undefined, descentOf: undefined };
      await seal(
        dataSource,
        trail,
        [{ ...reported, ...(made ?? expect.unreachable()) }],
        macs.allUnder(contextOf(tenantId)),
        indexes,
      );
    };
    let asked = 0;
    const slow = {
      under: (context) => (macKeyId, message) => slow.computeOne(context, macKeyId, message),
      computeOne: async (...message: Parameters<MacSource['computeOne']>) => {
        const made = await macs.computeOne(...message);
        // The first MAC proves the last seal, the second the index.
        if (++asked === 2) await sealAnother();
        return made;
      },
    } as MacSource;
    const alarm = app.get(IndexAlarm);
    const places = new KnownPlaces(new SealedEnds());
    const heads = new ProvenHeads(alarm, places, new BoundIndexes(), app.get(TrailDescent));
    const indexes: RecordIndexes = new RecordIndexes(dataSource, slow, alarm, guard(), heads);
    const found = await indexes.heads(contextOf(tenantId));
    expect([...found.all()].map(({ id }) => id).toSorted()).toEqual([`${keyId}/1`, `${keyId}/2`]);
  });

  it('cannot be moved back, changed or removed by the service', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await changing(tenantId, versionOf(keyId, 4));
    const app = audit.instances[0]?.dataSource ?? expect.unreachable();
    for (const table of ['record_head', 'record_position', 'record_index'])
      for (const sql of [`UPDATE ${table} SET tenant_id = tenant_id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(app.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    await expect(audit.postgres.query(database, 'DELETE FROM record_head')).rejects.toMatchObject({ code: '42501' });
  });
});
