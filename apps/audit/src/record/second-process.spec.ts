import { randomUUID } from 'node:crypto';
import { type AuditEvent, platformTenantId, type RecordChange, recordDetails } from '@ankasecure/contracts';
import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoundIndexes } from '../end/bound-index.js';
import { ReceiveEvents } from '../intake/receive-events.js';
import { MacSource } from '../mac/mac-source.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import { keepAnswers, lieNever, lieWhen, lyingTables } from '../testing/lying-tables.js';
import { refusedIndexes } from '../testing/refused-indexes.js';
import { asVersion1, sealSql } from '../testing/resealed.js';
import { contextOf, database, eventOf, proven, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { RecordIndexes } from './record-indexes.js';

const digest = (letter: string): string => letter.repeat(43);
const [honest, deceived] = [0, 1];
/** Holds in the sessions of the deceived process. */
const toDeceived = `current_setting('application_name') = 'deceived'`;
const unbound = 'not the one that the last seal of the trail binds';

describe('two audit processes, one of which the database deceives', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let keyId: string;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
    await audit.tamper(lyingTables);
    const { master: pool } = process(deceived).dataSource.driver as unknown as { readonly master: Pool };
    // It runs before whatever the session is acquired for.
    pool.on('acquire', (client: PoolClient) => void client.query(`SET application_name = 'deceived'`));
  });
  afterAll(() => audit.stop());
  beforeEach(() => {
    [tenantId, keyId] = [randomUUID(), randomUUID()];
  });

  const process = (number: number) => audit.instances[number] ?? expect.unreachable();
  const seal = (number: number, ...events: readonly AuditEvent[]) =>
    process(number)
      .app.get(ReceiveEvents)
      .receive(contextOf(platformTenantId), { reporter: 'crypto-worker', partition: 'default' }, proven(events));
  const version = (number: number, over: Partial<RecordChange> = {}): AuditEvent => {
    const id = `${keyId}/${number}`;
    const base = { kind: 'key_version', id, revision: number, digest: digest('A'), state: 'ACTIVE' } as const;
    return eventOf(tenantId, { details: recordDetails([{ ...base, ...over }]) });
  };
  const compromise = (): AuditEvent => version(1, { revision: 7, digest: digest('B'), state: 'COMPROMISED' });
  const stateAt = async (number: number, id = `${keyId}/1`) =>
    (await process(number).app.get(RecordIndexes).heads(contextOf(tenantId))).get({ kind: 'key_version', id })?.state;
  const rows = () => new ForgedTrail(audit, tenantId).rows();
  const indexesOf = async () => (await rows()).map(({ chainSeal }) => chainSeal?.index?.seq);
  const refusal = (what: string) => ({
    code: 'service-unavailable',
    retryable: true,
    detail: expect.stringContaining(what) as unknown,
  });
  const lie = async () => {
    await audit.tamper(lieWhen(tenantId, toDeceived, toDeceived));
  };
  /** As a new process, which remembers nothing. */
  const forget = (number: number) => process(number).app.get(RecordIndexes).forget();
  const refusals = () => refusedIndexes(audit);
  const macsAskedBy = async (number: number, work: () => Promise<unknown>): Promise<number> => {
    const asked = vi.spyOn(process(number).app.get(MacSource), 'compute');
    try {
      await work();
      return asked.mock.calls.filter(([, macKeyId]) => macKeyId !== null).length;
    } finally {
      asked.mockRestore();
    }
  };

  it.each([
    ['has never asked for the index', false],
    ['has seen the old index', true],
  ])('is refused an old index under a true end of the trail when it %s', async (_, hasSeen) => {
    await seal(honest, version(1));
    if (hasSeen) expect(await stateAt(deceived)).toBe('ACTIVE');
    await audit.tamper(keepAnswers(tenantId));
    await seal(honest, compromise());
    await lie();
    for (let time = 0; time < 2; time++) {
      await expect(stateAt(deceived)).rejects.toMatchObject(refusal(unbound));
      await expect(seal(deceived, version(2))).rejects.toMatchObject(refusal(unbound));
    }
    // A batch without changes binds the index of the seal before, whatever the database says of the index.
    expect(await seal(deceived, eventOf(tenantId))).toEqual({ sealed: 1 });
    expect(await stateAt(honest)).toBe('COMPROMISED');
    expect(await seal(honest, version(2))).toEqual({ sealed: 1 });
    expect(await indexesOf()).toEqual([1, 2, 2, 4]);
    await audit.tamper(lieNever(tenantId));
    expect(await stateAt(deceived)).toBe('COMPROMISED');
    expect(await stateAt(deceived, `${keyId}/2`)).toBe('ACTIVE');
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 4 });
  });

  it.each([
    ['says the old place', (old: string) => `(chain_seal_index_seq, chain_seal_index_mac) = (1, ${old})`],
    ['says no place', () => `(chain_seal_index_seq, chain_seal_index_mac) = (0, '')`],
    ['passes for one of version 1', () => '(chain_seal_index_seq, chain_seal_index_mac) = (NULL, NULL)'],
    ['names another key', () => `mac_key_id = '9.2026-01-01'`],
    ['covers another batch', () => 'chain_seal_from = 1'],
    [
      'is gone',
      () => 'chain_seal = NULL, chain_seal_from = NULL, chain_seal_index_seq = NULL, chain_seal_index_mac = NULL',
    ],
  ])('is refused an end whose seal %s, also to seal on top of it, and the other process goes on', async (_, set) => {
    await seal(honest, version(1));
    await audit.tamper(keepAnswers(tenantId));
    await seal(honest, compromise());
    await lie();
    const where = `WHERE tenant_id = '${tenantId}' AND seq = 2`;
    await audit.tamper(`CREATE TABLE sealed AS SELECT * FROM sealed_event ${where}`);
    try {
      const old = `(SELECT mac FROM old_index WHERE tenant_id = '${tenantId}')`;
      await audit.tamper(`UPDATE sealed_event SET ${set(old)} ${where}`);
      const ungenuine = refusal('the last seal of the trail is not genuine');
      await expect(stateAt(deceived)).rejects.toMatchObject(ungenuine);
      for (const event of [version(2), eventOf(tenantId)])
        await expect(seal(deceived, event)).rejects.toMatchObject(ungenuine);
      expect(await stateAt(honest)).toBe('COMPROMISED');
      expect(await seal(honest, version(2))).toEqual({ sealed: 1 });
    } finally {
      await audit.tamper(
        `DELETE FROM sealed_event ${where}; INSERT INTO sealed_event SELECT * FROM sealed; DROP TABLE sealed`,
      );
    }
    await audit.tamper(lieNever(tenantId));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
  });

  it('is refused the whole seal of an earlier batch', async () => {
    await seal(honest, version(1));
    await seal(honest, compromise());
    const [first] = await rows();
    await audit.tamper(sealSql(tenantId, 2, first?.chainSeal ?? expect.unreachable()));
    await expect(stateAt(deceived)).rejects.toMatchObject(refusal('not genuine'));
    await expect(seal(deceived, eventOf(tenantId))).rejects.toMatchObject(refusal('not genuine'));
  });

  it.each([
    ['changes', () => version(2), 3],
    ['no change', () => eventOf(tenantId), 2],
  ])(
    'go on from rows that an earlier release has sealed, and bind the index from the first batch on with %s',
    async (_, event, index) => {
      await seal(honest, version(1));
      await audit.tamper(keepAnswers(tenantId));
      await seal(honest, compromise());
      await asVersion1(audit, tenantId);
      for (const number of [honest, deceived]) forget(number);
      expect(await indexesOf()).toEqual([undefined, undefined]);
      for (const number of [honest, deceived]) expect(await stateAt(number)).toBe('COMPROMISED');
      expect(await seal(deceived, event())).toEqual({ sealed: 1 });
      expect(await indexesOf()).toEqual([undefined, undefined, index]);
      expect(await stateAt(honest)).toBe('COMPROMISED');
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
      forget(deceived);
      await lie();
      await expect(stateAt(deceived)).rejects.toMatchObject(refusal(unbound));
    },
  );

  it('do not agree when one was told an old state of a trail that an earlier release has sealed, and the verification says so', async () => {
    await seal(honest, version(1));
    await audit.tamper(keepAnswers(tenantId));
    await seal(honest, compromise());
    expect(await stateAt(honest)).toBe('COMPROMISED');
    await asVersion1(audit, tenantId);
    process(honest).app.get(BoundIndexes).forget();
    forget(deceived);
    await lie();
    expect(await seal(deceived, version(2))).toEqual({ sealed: 1 });
    const where = `WHERE tenant_id = '${tenantId}' AND id = '${keyId}/1'`;
    await audit.tamper(`DELETE FROM real_head ${where}; INSERT INTO real_head SELECT * FROM old_head ${where}`);
    await expect(stateAt(honest)).rejects.toMatchObject(refusal('takes back'));
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 3, reason: 'record-forgotten' });
  });

  it('take turns and ask for one MAC more each time, and for none while one of them seals alone', async () => {
    await seal(honest, version(1));
    expect(await macsAskedBy(honest, () => seal(honest, eventOf(tenantId)))).toBe(1);
    expect(await macsAskedBy(honest, () => seal(honest, version(2)))).toBe(2);
    expect(await macsAskedBy(deceived, () => seal(deceived, eventOf(tenantId)))).toBe(2);
    expect(await macsAskedBy(deceived, () => seal(deceived, eventOf(tenantId)))).toBe(1);
    expect(await macsAskedBy(honest, () => stateAt(honest))).toBe(1);
    expect(await macsAskedBy(honest, () => stateAt(honest))).toBe(0);
    expect(await macsAskedBy(honest, () => seal(honest, eventOf(tenantId)))).toBe(1);
  });

  it('lose and refuse nothing when they are honest and seal and answer at the same time', async () => {
    const before = await refusals();
    const turns = Array.from({ length: 60 }, (_, turn) => turn + 1);
    const changes = turns.filter((turn) => turn % 3 > 0);
    const event = (turn: number) => (turn % 3 > 0 ? version(turn) : eventOf(tenantId));
    // As many at a time as the processes have connections for.
    for (let first = 0; first < turns.length; first += 6)
      await Promise.all(
        turns.slice(first, first + 6).flatMap((turn) => [seal(turn % 2, event(turn)), stateAt(turn % 2)]),
      );
    for (const number of [honest, deceived])
      for (const turn of changes) expect(await stateAt(number, `${keyId}/${turn}`)).toBe('ACTIVE');
    expect((await refusals()) - before).toBe(0);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 60 });
    const [row] = await audit.postgres.query(
      database,
      `SELECT count(*)::integer AS unbound FROM sealed_event
       WHERE tenant_id = '${tenantId}' AND chain_seal IS NOT NULL AND chain_seal_index_seq IS NULL`,
    );
    expect(row).toEqual({ unbound: 0 });
  });
});
