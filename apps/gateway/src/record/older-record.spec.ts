import { AnkaError, auditEvent, newId, platformTenantId } from '@ankasecure/contracts';
import {
  BusClient,
  changeRecord,
  decidingOf,
  HistoryWatch,
  Outbox,
  RecordSets,
  removeRecord,
  type Sealed,
  withTenant,
} from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TokenKeyRecord } from '../access-token/access-token.entity.js';
import { ApprovalRecord } from '../approval/approval.entity.js';
import { ExcludedSubject } from '../identity/excluded-subject.entity.js';
import { IssuerRecord } from '../issuer/issuer.entity.js';
import { schema } from '../schema.js';
import { ServiceAccountRecord } from '../service-account/service-account.entity.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';
import { call } from '../testing/call.js';
import { startRememberingPair } from '../testing/remembering-pair.js';
import type { Gateway, Rig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';

type Row = Sealed & { readonly tenantId: string };

/** What whoever owns the database does with a record of each sealed table, and what comes of it. */
interface Case {
  readonly entity: new () => Row;
  readonly row: () => object;
  /** A change of the record. Null for a table whose records never change: they are deleted instead. */
  readonly change: object | null;
  /** Reads the record as the gateway does. */
  readonly load: (id: string) => Promise<unknown>;
  /** Whether the platform deletes such records. */
  readonly isDeleted: boolean;
  /** What a reader gets once the platform has deleted the record. */
  readonly gone: string;
  /** What a reader gets when the row is deleted: `record-outdated`, or why its absence allows nothing. */
  readonly deleted: 'record-outdated' | { readonly because: string };
}

let rig: Rig;
let gateway: Gateway;
let other: Gateway;
beforeAll(async () => {
  ({ rig, gateway, other } = await startRememberingPair());
});
afterAll(() => rig.stop());

const sql = (text: string): Promise<unknown[]> => rig.postgres.query('ankadb_gateway', text);
const tableOf = (entity: new () => object): string => gateway.parts.dataSource.getMetadata(entity).tableName;
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof AnkaError ? error.code : error),
  );

/** Changes records in one commit, and waits until the trail knows. */
const recorded = async <Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> => {
  const outbox = gateway.app.get(Outbox);
  const event = auditEvent(
    { tenantId: tenantA, principal: 'alice', correlationId: 'spec' },
    { operation: 'identity.test' },
  );
  const result = await withTenant(gateway.parts.dataSource, tenantA, async (manager) => {
    const done = await work(manager);
    await outbox.write(manager, [event]);
    return done;
  });
  outbox.committed(1);
  await expect.poll(() => rig.standIns.sealed.some(({ eventId }) => eventId === event.eventId)).toBe(true);
  return result;
};

/** What happens every minute. */
const compare = (at = gateway): Promise<void> => at.app.get(HistoryWatch).compare();

const keyOf = (entity: new () => object): string => (entity === TokenKeyRecord ? 'kid' : 'id');
const one = (entity: new () => Row, id: string) => ({ tenantId: tenantA, [keyOf(entity)]: id }) as never;
const found = (entity: new () => Row) => (id: string) =>
  withTenant(gateway.parts.dataSource, tenantA, (manager) => manager.findOneByOrFail(entity, one(entity, id)));
const whole = (entity: new () => Row) => () => gateway.app.get(RecordSets).load(entity, tenantA);

const cases: readonly Case[] = [
  {
    entity: IssuerRecord,
    row: () => ({
      issuer: `https://${crypto.randomUUID()}.test`,
      audience: 'x',
      algorithms: ['ES256'],
      claims: { roles: 'roles', groups: 'groups' },
      keys: [{ kty: 'EC', kid: 'x' }],
      jwksUrl: null,
      createdBy: 'alice',
      roles: ['user'],
      subjectPrefix: `${crypto.randomUUID()}:`,
      sharesSubjects: false,
    }),
    change: { roles: ['auditor'] },
    load: whole(IssuerRecord),
    deleted: 'record-outdated',
    isDeleted: true,
    gone: 'ok',
  },
  {
    entity: ServiceAccountRecord,
    row: () => ({ name: 'payments', roles: ['user'], groups: [], keys: [{ kty: 'EC' }], createdBy: 'alice' }),
    change: { roles: ['auditor'] },
    load: (id) => gateway.app.get(ServiceAccounts).get({ tenantId: tenantA }, id),
    deleted: 'record-outdated',
    isDeleted: true,
    gone: 'service-account-not-found',
  },
  {
    entity: ApprovalRecord,
    row: () => ({
      operation: 'deleteKey',
      request: '{}',
      requestedBy: 'alice',
      requestedByIssuer: 'https://a.test',
      expiresAt: new Date('2099-01-01T00:00:00Z'),
    }),
    change: { state: 'rejected', decidedBy: 'bob', decidedAt: new Date() },
    load: found(ApprovalRecord),
    isDeleted: false,
    gone: 'never',
    deleted: { because: 'A request that is gone cannot be approved. Its requester asks again.' },
  },
  {
    entity: TokenKeyRecord,
    row: () => ({ jwk: { kty: 'EC' } }),
    change: null,
    load: found(TokenKeyRecord),
    isDeleted: false,
    gone: 'never',
    deleted: { because: 'A token of a key that is gone is refused, and the next one stores the key again.' },
  },
  {
    entity: ExcludedSubject,
    row: () => ({ issuer: 'https://a.test', subject: crypto.randomUUID(), reason: null, createdBy: 'alice' }),
    change: null,
    load: whole(ExcludedSubject),
    deleted: 'record-outdated',
    isDeleted: true,
    gone: 'ok',
  },
];

const named = (is: (of: Case) => boolean) => cases.filter(is).map((of) => [of.entity.name, of] as const);

/** The rows of one record, as whoever owns the database handles them. */
const rowsOf = (entity: new () => Row, id: string) => {
  const table = tableOf(entity);
  const where = `WHERE tenant_id = '${tenantA}' AND ${keyOf(entity)} = '${id}'`;
  return {
    keep: (name: string) =>
      sql(`DROP TABLE IF EXISTS ${name}; CREATE TABLE ${name} AS SELECT * FROM ${table} ${where}`),
    put: (name: string) => sql(`DELETE FROM ${table} ${where}; INSERT INTO ${table} SELECT * FROM ${name}`),
    remove: () => sql(`DELETE FROM ${table} ${where}`),
  };
};
const current = (manager: EntityManager, entity: new () => Row, id: string): Promise<Row> =>
  manager.findOneByOrFail(entity, one(entity, id));
const make = async ({ entity, row }: Case): Promise<string> => {
  const id = entity === TokenKeyRecord ? `${tenantA}.${newId()}` : newId();
  const values = { tenantId: tenantA, [keyOf(entity)]: id, ...row() } as never;
  await recorded((manager) => manager.insert(entity, values));
  return id;
};

describe('whoever owns the gateway’s database', () => {
  it('finds every sealed table in this matrix', () => {
    const sealed = schema.entities.filter((entity) => decidingOf(entity as never) !== undefined);
    expect(new Set(cases.map(({ entity }) => entity))).toEqual(new Set(sealed));
  });

  it.each(named(({ change }) => change !== null))('cannot put an older %s back', async (_, of) => {
    const id = await make(of);
    const rows = rowsOf(of.entity, id);
    await rows.keep('older');
    await recorded(async (manager) => changeRecord(manager, await current(manager, of.entity, id), of.change ?? {}));
    await rows.keep('newer');
    expect(await codeOf(of.load(id))).toBe('ok');
    await rows.put('older');
    expect(await codeOf(of.load(id))).toBe('record-outdated');
    await rows.put('newer');
    expect(await codeOf(of.load(id))).toBe('ok');
  });

  it.each(named(({ isDeleted }) => isDeleted))('cannot put a deleted %s back', async (_, of) => {
    const id = await make(of);
    const rows = rowsOf(of.entity, id);
    await rows.keep('older');
    await recorded(async (manager) => removeRecord(manager, await current(manager, of.entity, id)));
    await compare();
    await rows.put('older');
    expect(await codeOf(of.load(id))).toBe('record-outdated');
    await rows.remove();
    expect(await codeOf(of.load(id))).toBe(of.gone);
  });

  it.each(named(() => true))('gains nothing by deleting a %s', async (_, of) => {
    const id = await make(of);
    const rows = rowsOf(of.entity, id);
    await compare();
    expect(await codeOf(of.load(id))).toBe('ok');
    await rows.keep('older');
    await rows.remove();
    if (typeof of.deleted === 'string') expect(await codeOf(of.load(id))).toBe(of.deleted);
    else await expect(of.load(id)).rejects.toThrow('Could not find any entity');
    await rows.put('older');
    expect(await codeOf(of.load(id))).toBe('ok');
  });

  it.each(named(() => true))(
    'cannot put the counter back, so that the trail passes over a change of a %s',
    async (_, of) => {
      const id = await make(of);
      await compare();
      const counter = (by: number) =>
        sql(`UPDATE record_position SET revision = revision + ${by} WHERE tenant_id = '${tenantA}'`);
      await counter(-1);
      const change = recorded(async (manager) => {
        const row = await current(manager, of.entity, id);
        return of.change === null ? removeRecord(manager, row) : changeRecord(manager, row, of.change);
      });
      expect(await codeOf(change)).toBe('record-outdated');
      expect(await codeOf(make(of))).toBe('record-outdated');
      await counter(1);
      expect(await codeOf(make(of))).toBe('ok');
    },
  );

  it.each(named(() => true))('cannot have a second %s of the same form', async (_, of) => {
    const id = await make(of);
    const table = tableOf(of.entity);
    const key = keyOf(of.entity);
    const rules = await sql(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint WHERE conrelid = '${table}'::regclass AND contype = 'u'`,
    );
    for (const { drop } of rules as { drop: string }[]) await sql(drop);
    await sql('DROP INDEX IF EXISTS issuer_subjects');
    await rowsOf(of.entity, id).keep('older');
    const copy = key === 'kid' ? `'${tenantA}.copy'` : 'gen_random_uuid()';
    await sql(`UPDATE older SET ${key} = ${copy}; INSERT INTO ${table} SELECT * FROM older`);
    const all = withTenant(gateway.parts.dataSource, tenantA, (manager) =>
      manager.findBy(of.entity, { tenantId: tenantA }),
    );
    expect(await codeOf(all)).toBe('record-forged');
    await sql(`DELETE FROM ${table} WHERE ${key} = (SELECT ${key} FROM older)`);
  });
});

describe('a gateway whose epoch of identities was frozen', () => {
  const token = (sub: string) => rig.issuer.token({ sub, ...asTenant(tenantB, 'user') });
  const read = async (at: Gateway, of: string) => (await call(at, 'GET', '/api/v1/keys', { token: of })).status;
  const exclude = async (subject: string) => {
    const admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantB, 'tenant-admin') });
    const body = JSON.stringify({ issuer: rig.issuer.issuer, subject });
    const answer = await call(gateway, 'POST', '/api/v1/exclusions', { token: admin, body });
    expect(answer.status, answer.text).toBe(201);
    await expect
      .poll(() =>
        rig.standIns.sealed.some(
          ({ operation, details }) => operation === 'subject.exclude' && details?.['subject'] === subject,
        ),
      )
      .toBe(true);
  };

  it('refuses a subject that another gateway has shut out, once the trail was compared', async () => {
    const mallory = await token('mallory');
    expect(await read(other, mallory)).toBe(200);
    await sql(`CREATE FUNCTION hold_epoch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.revision := OLD.revision; RETURN NEW; END $$;
      CREATE TRIGGER hold_epoch BEFORE UPDATE ON identity_epoch FOR EACH ROW EXECUTE FUNCTION hold_epoch()`);
    const untold = vi.spyOn(gateway.app.get(BusClient).connection.announcements, 'tell').mockReturnValue();
    await exclude('mallory');
    untold.mockRestore();
    expect(await read(other, mallory)).toBe(200);
    await compare(other);
    expect(await read(other, mallory)).toBe(401);
    await sql('DROP FUNCTION hold_epoch CASCADE');
  });

  it('shuts a subject out whose exclusion is missing, and nobody else, also after the tenant was restored', async () => {
    const [eve, trudy, operator] = [
      await token('eve'),
      await token('trudy'),
      await rig.issuer.token({ sub: 'operator', ...asTenant(platformTenantId, 'platform-admin') }),
    ];
    await exclude('trudy');
    await compare();
    await sql(
      `DELETE FROM excluded_subject WHERE subject = 'trudy'; UPDATE identity_epoch SET revision = revision + 1`,
    );
    const statuses = async () => [await read(gateway, eve), await read(gateway, trudy)];
    await expect.poll(statuses).toEqual([200, 401]);
    const restored = await call(gateway, 'POST', `/api/v1/tenants/${tenantB}/restore`, { token: operator, body: '{}' });
    expect(restored.status, restored.text).toBe(200);
    expect(JSON.parse(restored.text)).toMatchObject({ records: [{ kind: 'excluded_subject', outcome: 'kept' }] });
    await compare();
    expect(await statuses()).toEqual([200, 401]);
  });
});

describe('a database that is older than the trail', () => {
  it('serves a platform administrator who repairs it, and nobody else', async () => {
    const operator = await rig.issuer.token({ sub: 'operator', ...asTenant(platformTenantId, 'platform-admin') });
    const body = JSON.stringify({ issuer: rig.issuer.issuer, subject: 'former-admin' });
    const admin = await rig.issuer.token({ sub: 'admin', ...asTenant(platformTenantId, 'tenant-admin') });
    const made = await call(gateway, 'POST', '/api/v1/exclusions', { token: admin, body });
    expect(made.status, made.text).toBe(201);
    await expect
      .poll(() =>
        rig.standIns.sealed.some(
          ({ operation, tenantId }) => operation === 'subject.exclude' && tenantId === platformTenantId,
        ),
      )
      .toBe(true);
    await sql(
      `DELETE FROM excluded_subject WHERE tenant_id = '${platformTenantId}'; DELETE FROM record_position WHERE tenant_id = '${platformTenantId}'`,
    );
    await compare();
    const create = await call(gateway, 'POST', '/api/v1/tenants', { token: operator, body: '{"slug":"x","name":"X"}' });
    expect(create.problem.code).toBe('record-outdated');
    const path = `/api/v1/tenants/${platformTenantId}/restore`;
    const foreseen = await call(gateway, 'POST', `${path}?dryRun=true`, { token: operator, body: '{}' });
    expect(foreseen.status, foreseen.text).toBe(200);
    expect((await call(gateway, 'POST', path, { token: operator, body: '{}' })).status).toBe(200);
    await expect
      .poll(async () => (await call(gateway, 'GET', '/api/v1/exclusions', { token: admin })).status)
      .toBe(200);
  });
});
