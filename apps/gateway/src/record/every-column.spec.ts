import { auditEvent } from '@ankasecure/contracts';
import { decidingOf, Outbox, protectionOf, withTenant } from '@ankasecure/service-kit';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenKeyRecord } from '../access-token/access-token.entity.js';
import { ApprovalRecord } from '../approval/approval.entity.js';
import { ExcludedSubject } from '../identity/excluded-subject.entity.js';
import { IssuerRecord } from '../issuer/issuer.entity.js';
import { schema } from '../schema.js';
import { ServiceAccountRecord } from '../service-account/service-account.entity.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, seconds, type TokenMaker, tenantA, tenantB } from '../testing/token.js';

const at = new Date('2026-11-29T10:00:00.123Z');
const id = crypto.randomUUID();

/** One record of each sealed table, with a value in every column that may have one at the same time. */
const records: readonly (readonly [entity: new () => object, row: object])[] = [
  [
    IssuerRecord,
    {
      id,
      issuer: 'https://a.test',
      audience: 'x',
      algorithms: ['ES256'],
      claims: { roles: 'roles', groups: 'groups' },
      keys: [{ kty: 'EC', kid: 'x' }],
      jwksUrl: null,
      createdBy: 'alice',
      roles: ['user'],
      subjectPrefix: 'a:',
      sharesSubjects: false,
    },
  ],
  [
    ServiceAccountRecord,
    {
      id,
      name: 'payments',
      roles: ['user'],
      groups: ['signers'],
      keys: [{ kty: 'EC', kid: 'x' }],
      createdBy: 'alice',
      certificates: [{ thumbprint: 't', subject: 's', notAfter: at.toISOString() }],
      certificateDers: { t: 'AAAA' },
    },
  ],
  [
    ApprovalRecord,
    {
      id,
      operation: 'deleteKey',
      request: '{}',
      ifMatch: '7',
      requestedBy: 'alice',
      requestedByIssuer: 'https://a.test',
      expiresAt: at,
      endedAt: at,
      state: 'approved',
      decidedBy: 'bob',
      decidedByIssuer: 'https://a.test',
      decidedAt: at,
      reason: 'none',
      carryingUntil: at,
      outcome: { status: 200, body: {} },
    },
  ],
  [TokenKeyRecord, { kid: `${tenantA}.1`, jwk: { kty: 'EC' } }],
  [ExcludedSubject, { id, issuer: 'https://a.test', subject: 'mallory', reason: 'none', createdBy: 'alice' }],
];

/** The event that names the records. */
const made = () =>
  auditEvent({ tenantId: tenantA, principal: 'alice', correlationId: 'spec' }, { operation: 'identity.test' });

/** SQL of another value of a column, by its type. */
const otherValue: Readonly<Record<string, (column: string) => string>> = {
  uuid: () => 'gen_random_uuid()',
  text: (column) => `${column} || 'x'`,
  integer: (column) => `${column} + 1`,
  bigint: (column) => `${column} + 1`,
  boolean: (column) => `NOT ${column}`,
  timestamptz: (column) => `${column} + interval '1 second'`,
  bytea: (column) => `${column} || '\\x00'`,
  json: () => `'{"status": 403, "body": {}}'`,
  jsonb: (column) =>
    `CASE jsonb_typeof(${column}) WHEN 'array' THEN ${column} || '[{}]' ELSE ${column} || '{"forged": "1"}' END`,
};

let rig: Rig;
let gateway: Gateway;
beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
  rig.standIns.strict = true;
});
afterAll(() => rig.stop());

const sql = (text: string): Promise<unknown> => rig.postgres.query('ankadb_gateway', text);

describe('whoever owns the gateway’s database', () => {
  beforeAll(async () => {
    await withTenant(gateway.parts.dataSource, tenantA, async (manager) => {
      for (const [entity, row] of records) await manager.insert(entity, { tenantId: tenantA, ...row });
      await gateway.app.get(Outbox).write(manager, [made()]);
    });
    const rules = (await sql(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0`,
    )) as { drop: string }[];
    for (const { drop } of rules) await sql(drop);
  });
  afterAll(async () => {
    for (const [entity] of records) await sql(`DELETE FROM ${gateway.parts.dataSource.getMetadata(entity).tableName}`);
  });

  it('finds every table declared, and every column of the sealed ones', () => {
    expect(schema.entities.filter((entity) => protectionOf(entity as never) === undefined)).toEqual([]);
    const sealed = schema.entities.filter((entity) => decidingOf(entity as never) !== undefined);
    expect(new Set(records.map(([entity]) => entity))).toEqual(new Set(sealed));
    for (const [entity] of records) {
      const protection = protectionOf(entity);
      if (protection?.sealed !== true) throw new Error(`${entity.name} is not sealed`);
      const named = [...protection.deciding, ...Object.keys(protection.notDeciding)];
      const columns = gateway.parts.dataSource.getMetadata(entity).columns.map(({ propertyName }) => propertyName);
      expect(named.toSorted()).toEqual(columns.toSorted());
    }
  });

  it.each(records.map(([entity]) => [entity.name, entity] as const))(
    'cannot make a record of %s say anything else',
    async (_, entity) => {
      const { tableName, columns } = gateway.parts.dataSource.getMetadata(entity);
      const deciding = decidingOf(entity) ?? [];
      const load = () =>
        withTenant(gateway.parts.dataSource, tenantA, (manager) => manager.find(entity)).then(
          (rows) => rows.length,
          ({ code }: { code: string }) => code,
        );
      expect(await load()).toBe(1);
      for (const { propertyName, databaseName, type, isArray, isVirtualProperty, isNullable } of columns) {
        // Row-level security hides a record of another tenant.
        if (isVirtualProperty || propertyName === 'tenantId') continue;
        const column = `"${databaseName}"`;
        const other = isArray ? `${column} || '{forged}'` : otherValue[String(type)]?.(column);
        const decides = deciding.includes(propertyName) || propertyName === 'seal';
        for (const value of [other, ...(isNullable ? ['NULL'] : [])]) {
          const kept = `kept_${tableName}`;
          await sql(`DROP TABLE IF EXISTS ${kept}; CREATE TABLE ${kept} AS TABLE ${tableName}`);
          const changed = (await sql(
            `UPDATE ${tableName} SET ${column} = ${value} WHERE ${column} IS DISTINCT FROM ${type === 'json' ? 'NULL' : value} RETURNING 1`,
          )) as unknown[];
          if (changed.length > 0)
            expect(await load(), `${tableName}.${databaseName} = ${value}`).toBe(decides ? 'record-forged' : 1);
          await sql(`DELETE FROM ${tableName}; INSERT INTO ${tableName} SELECT * FROM ${kept}; DROP TABLE ${kept}`);
        }
      }
      expect(await load()).toBe(1);
    },
  );
});

describe('a forged record of an identity is used for nothing', () => {
  let admin: string;
  let maker: TokenMaker;
  const body = () => ({
    issuer: maker.issuer,
    audience,
    algorithms: ['ES256'],
    keys: [maker.publicJwk],
    subjectPrefix: 'mine:',
    roles: ['user'],
  });
  const read = async (token: string) => {
    const answer = await call(gateway, 'GET', '/api/v1/keys', { token });
    return [answer.status, answer.problem.code];
  };
  const epoch = () => sql('UPDATE identity_epoch SET revision = revision + 1');
  beforeAll(async () => {
    admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
    maker = await makeIssuer('https://mine.test');
    // The other has made the records that are deleted by now, and misses them.
    gateway = await rig.gateway();
  });

  it('an issuer that was given more roles, or was written by SQL', async () => {
    const made = await call(gateway, 'POST', '/api/v1/issuers', { token: admin, body: JSON.stringify(body()) });
    expect(made.status, made.text).toBe(201);
    const token = await maker.token(asTenant(tenantA, 'user', 'tenant-admin'));
    expect((await read(token))[0]).toBe(200);
    await sql(`UPDATE issuer SET roles = '{tenant-admin}'`);
    await epoch();
    await expect.poll(() => read(token)).toEqual([500, 'record-forged']);
    await sql(`UPDATE issuer SET roles = '{user}'`);
    await epoch();
    await expect.poll(async () => (await read(token))[0]).toBe(200);
    await sql(
      `INSERT INTO issuer SELECT '${tenantB}', id, revision, issuer, audience, algorithms, claims, keys, jwks_url, created_by, created_at, roles, subject_prefix, shares_subjects, seal, record_revision FROM issuer`,
    );
    await epoch();
    const theirs = await maker.token(asTenant(tenantB, 'user'));
    await expect.poll(() => read(theirs)).toEqual([500, 'record-forged']);
    await sql(`DELETE FROM issuer WHERE tenant_id = '${tenantB}'`);
    const metrics = await gateway.parts.health.registry.metrics();
    expect(metrics).toMatch(/ankasecure_record_rejected_total\{[^}]*kind="issuer",reason="forged"[^}]*\} [1-9]/);
    await expect
      .poll(() => rig.standIns.sealed.find(({ operation }) => operation === 'record.reject'))
      .toMatchObject({ failureCode: 'record-forged', details: { kind: 'issuer', reason: 'forged' } });
  });

  it('a key of a service account', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const made = await call(gateway, 'POST', '/api/v1/service-accounts', {
      token: admin,
      body: JSON.stringify({ name: 'x', roles: ['user'], keys: [jwk] }),
    });
    const { id: accountId } = JSON.parse(made.text) as { id: string };
    await sql(`UPDATE service_account SET keys = jsonb_set(keys, '{0,kid}', '"two"')`);
    const answer = await call(gateway, 'GET', `/api/v1/service-accounts/${accountId}`, { token: admin });
    expect([answer.status, answer.problem.code]).toEqual([500, 'record-forged']);
    expect(answer.problem.detail).toContain(accountId);
  });

  it('an approval without a seal', async () => {
    const approvalId = crypto.randomUUID();
    await sql(
      `INSERT INTO approval (tenant_id, id, operation, request, requested_by, requested_by_issuer, expires_at, record_revision)
       VALUES ('${tenantA}', '${approvalId}', 'deleteKey', '{"id":"${crypto.randomUUID()}"}', 'alice', '${rig.issuer.issuer}', to_timestamp(${seconds(3600)}), 1)`,
    );
    const answer = await call(gateway, 'POST', `/api/v1/approvals/${approvalId}/approve`, { token: admin });
    expect([answer.status, answer.problem.code]).toEqual([500, 'record-forged']);
  });
});
