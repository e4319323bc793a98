import { AnkaError } from '@ankasecure/contracts';
import {
  changeRecord,
  isTracked,
  type RecordAuthority,
  RecordOwner,
  type RecordRejections,
  RecordSeals,
  removeRecord,
  type Sealed,
  withTenant,
} from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IntentRecord } from '../object/intent.entity.js';
import { schema } from '../schema.js';
import { testAuthority } from '../testing/test-authority.js';
import { noHistory } from '../testing/test-seals.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { records, tenantId } from './every-record.fixture.js';

/** What a counter can be made to say in the place of the next revision. */
const forgeries: Readonly<Record<string, string>> = {
  'a very high one': 'NEW.revision + 2 ^ 52',
  'one that is a minute ahead': 'NEW.revision + 60000000',
  'one that a change has had': 'NEW.revision - 1',
  'the first': '1',
};

type Entity = new () => Sealed;

/** The ways in which a record gets a revision. */
const changes: Readonly<Record<string, (manager: EntityManager, entity: Entity, row: object) => Promise<unknown>>> = {
  made: (manager, entity, row) => manager.insert(entity, { ...row }),
  changed: async (manager, entity) => {
    const [stored] = await manager.find(entity);
    if (stored !== undefined) await changeRecord(manager, stored, {});
  },
  removed: async (manager, entity) => {
    const [stored] = await manager.find(entity);
    if (stored !== undefined) await removeRecord(manager, stored);
  },
};

const rejections = {
  reject: ({ table }: { table: string }, reason: string) => new AnkaError('record-outdated', `${table} ${reason}`),
} as unknown as RecordRejections;

describe('a revision that the database makes up', () => {
  let database: WorkerDatabase;
  let sealed = 0;
  const counting: RecordAuthority = {
    check: (all) => testAuthority.check(all),
    adopt: (tenantId, all) => testAuthority.adopt(tenantId, all),
    outboxKey: (process) => testAuthority.outboxKey(process),
    seal: (all) => {
      sealed += all.length;
      return testAuthority.seal(all);
    },
  };
  beforeAll(async () => {
    database = await startWorkerDatabase();
    const history = noHistory();
    new RecordSeals(new RecordOwner('crypto-worker'), counting, rejections, history, database.superuser);
    await database.superuser.query(
      'CREATE FUNCTION make_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    );
    const rules = await database.superuser.query<{ drop: string }[]>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0`,
    );
    for (const { drop } of rules) await database.superuser.query(drop);
    for (const [entity, row] of records) await database.superuser.manager.insert(entity, { ...row });
    await database.superuser.query(
      'CREATE TRIGGER make_up BEFORE INSERT OR UPDATE ON record_position FOR EACH ROW EXECUTE FUNCTION make_up()',
    );
  });
  afterAll(() => database.stop());
  afterEach(() => tellInstead('NEW.revision'));

  const tellInstead = (revision: string) =>
    database.superuser.query(
      `CREATE OR REPLACE FUNCTION make_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.revision := ${revision}; RETURN NEW; END $$`,
    );

  // The trail names no change of an intent.
  const tracked = records.filter(([entity]) => entity !== IntentRecord);
  const cases = tracked.flatMap(([entity, row]) =>
    Object.keys(changes).flatMap((change) =>
      Object.keys(forgeries).map((forgery) => [entity.name, change, forgery, entity as Entity, row] as const),
    ),
  );

  it('is tried on each kind of record that the trail names', () => {
    const kinds = schema.entities.filter((entity) => isTracked(database.superuser.getMetadata(entity)));
    expect(new Set(tracked.map(([entity]) => entity))).toEqual(new Set(kinds));
  });

  it.each(cases)('seals no %s that is %s: %s', async (_, change, forgery, entity, row) => {
    await tellInstead(forgeries[forgery] as string);
    const before = sealed;
    const attempt = () =>
      withTenant(database.superuser, tenantId, (manager) =>
        (changes[change] as (typeof changes)[string])(manager, entity, row),
      );
    // The trail is asked before the counter is locked: once it is known that the counter is ahead.
    const changing = attempt().catch((error: AnkaError) => (error.retryable ? attempt() : Promise.reject(error)));
    await expect(changing).rejects.toMatchObject({
      code: 'record-outdated',
      detail: expect.stringMatching(/record_position impossible/) as string,
    });
    expect(sealed).toBe(before);
  });
});
