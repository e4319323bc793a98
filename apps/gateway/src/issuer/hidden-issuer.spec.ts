import { randomUUID } from 'node:crypto';
import { AnkaError, listRecordHeads } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { policy } from '../policy/policy.example.js';
import { call } from '../testing/call.js';
import { startRememberingPair } from '../testing/remembering-pair.js';
import type { Gateway, Rig } from '../testing/rig.js';
import { asTenant, audience, tenantA } from '../testing/token.js';
import type { TenantIssuer } from './issuer.contract.js';

/** What the owner of `ankadb_gateway` does with the row of the tenant's other issuer; null for its deletion. */
const lies: Readonly<Record<string, string | null>> = {
  'hidden from lists that leave an id out': `NOT current_query() ~ '<>|!=|NOT\\('`,
  'hidden from every list': `current_query() NOT LIKE '%FROM "issuer"%' OR current_query() LIKE '%"id" =%'`,
  deleted: null,
};

/** The refusals by which it is missed. One that a question by its id still shows counts as made meanwhile. */
const missed = ['record-outdated', 'decision-outdated'];

/** A request that the other issuer stands against, and the refusal. */
interface Taken {
  readonly code: string;
  readonly isDual?: true;
  readonly settings: (first: TenantIssuer) => object;
}
const decisions: readonly Taken[] = [
  { code: 'issuer-exists', settings: ({ issuer }) => ({ issuer, subjectPrefix: 'else:' }) },
  { code: 'subject-prefix-taken', settings: ({ subjectPrefix }) => ({ subjectPrefix }) },
  {
    code: 'issuers-overlap',
    isDual: true,
    settings: ({ subjectPrefix }) => ({ subjectPrefix, sharesSubjects: true }),
  },
];

let rig: Rig;
let gateway: Gateway;
let other: Gateway;
let admin: string;
beforeAll(async () => {
  ({ rig, gateway, other } = await startRememberingPair());
  admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
  await sql('DROP INDEX issuer_subjects; ALTER TABLE issuer DROP CONSTRAINT issuer_tenant_id_issuer_key');
});
afterAll(() => rig.stop());

const sql = (text: string) => rig.postgres.query('ankadb_gateway', text);
const send = (at: Gateway, method: string, path: string, body?: object) =>
  call(at, method, `/api/v1/issuers${path}`, {
    token: admin,
    ...(method === 'PUT' && { headers: { 'if-match': '"1"' } }),
    ...(body && { body: JSON.stringify(body) }),
  });
const about = (more: object = {}) => {
  const name = randomUUID();
  const { kid, ...key } = rig.issuer.publicJwk;
  const keys = [{ ...key, kid }];
  return {
    issuer: `https://${name}.test`,
    audience,
    algorithms: ['ES256'],
    subjectPrefix: `${name.slice(0, 8)}:`,
    keys,
    ...more,
  };
};
const make = async (at: Gateway): Promise<TenantIssuer> => {
  const made = await send(at, 'POST', '', about());
  expect(made.status, made.text).toBe(201);
  const issuer = JSON.parse(made.text) as TenantIssuer;
  await expect.poll(() => rig.standIns.sealed.some(({ details }) => details?.['issuerId'] === issuer.id)).toBe(true);
  return issuer;
};
const dualControl = (isOn: boolean): void =>
  isOn
    ? rig.standIns.answer('getPolicy', async () => ({
        head: { ok: true },
        body: Buffer.from(JSON.stringify({ ...policy, dualControl: ['destroy'] })),
      }))
    : rig.standIns.answer('getPolicy');
const hide = async (lie: string, id: string): Promise<void> => {
  const shown = lies[lie];
  if (shown === null) await sql(`CREATE TABLE kept AS TABLE issuer; DELETE FROM issuer WHERE id = '${id}'`);
  else
    await sql(
      `CREATE POLICY hidden ON issuer AS RESTRICTIVE FOR SELECT USING (id <> '${id}' OR coalesce(${shown}, true))`,
    );
};
const show = async (): Promise<void> => {
  await sql('DROP POLICY IF EXISTS hidden ON issuer');
  await sql(`DO $$ BEGIN IF to_regclass('kept') IS NOT NULL THEN
    INSERT INTO issuer SELECT * FROM kept ON CONFLICT DO NOTHING; DROP TABLE kept; END IF; END $$`);
};
afterEach(async () => {
  vi.restoreAllMocks();
  await show();
  dualControl(false);
  const { items } = JSON.parse((await send(gateway, 'GET', '')).text) as { items: TenantIssuer[] };
  for (const { id } of items) expect((await send(gateway, 'DELETE', `/${id}`)).status).toBe(200);
});

const routes = ['POST', 'PUT'] as const;
const cases = decisions.flatMap((decision) =>
  Object.keys(lies).flatMap((lie) => routes.map((method) => [decision.code, method, lie, decision] as const)),
);

describe('an issuer that the database does not show', () => {
  const attempt = async (method: (typeof routes)[number], { settings, isDual }: Taken, lie: string) => {
    const first = await make(other);
    const changed = method === 'PUT' ? await make(gateway) : undefined;
    // What the gateway has listed counts for a minute: it knows all issuers but not that one is hidden.
    expect((await send(gateway, 'GET', '')).status).toBe(200);
    dualControl(isDual === true);
    const path = changed === undefined ? '' : `/${changed.id}`;
    const honest = await send(gateway, method, path, about(settings(first)));
    await hide(lie, first.id);
    return { honest, hidden: await send(gateway, method, path, about(settings(first))) };
  };

  it.each(cases)('keeps its names: %s of a %s, %s', async (code, method, lie, decision) => {
    const { honest, hidden } = await attempt(method, decision, lie);
    expect(honest.problem.code, honest.text).toBe(code);
    expect([code, ...missed], hidden.text).toContain(hidden.problem.code);
    if (lie === 'deleted') expect(hidden.problem.code).toBe('record-outdated');
  });

  it.each(routes)('is missed also if it was made after the gateway has listed them: %s', async (method) => {
    const changed = method === 'PUT' ? await make(gateway) : undefined;
    expect((await send(gateway, 'GET', '')).status).toBe(200);
    const first = await make(other);
    await hide('hidden from every list', first.id);
    const path = changed === undefined ? '' : `/${changed.id}`;
    const { subjectPrefix } = first;
    const answer = await send(gateway, method, path, about({ subjectPrefix }));
    expect(missed, answer.text).toContain(answer.problem.code);
  });

  it.each(Object.keys(lies))('has no subject shut out by a name that none of its tokens has: %s', async (lie) => {
    const { id, issuer, subjectPrefix } = await make(other);
    const exclude = (subject: string) =>
      call(gateway, 'POST', '/api/v1/exclusions', { token: admin, body: JSON.stringify({ issuer, subject }) });
    expect((await exclude('mallory')).problem.code).toBe('request-invalid');
    await hide(lie, id);
    const refused = await exclude('mallory');
    expect(['request-invalid', ...missed], refused.text).toContain(refused.problem.code);
    await show();
    expect((await exclude(`${subjectPrefix}mallory`)).status).toBe(201);
  });

  it.each(routes)('cannot be told while the trail does not list them: %s', async (method) => {
    const changed = method === 'PUT' ? await make(gateway) : undefined;
    const bus = gateway.app.get(BusClient);
    const { request } = bus;
    vi.spyOn(bus, 'request').mockImplementation(async (contract, ...asked) => {
      if ((contract as unknown) === listRecordHeads) throw new AnkaError('service-unavailable');
      return request.call(bus, contract, ...asked);
    });
    const answer = await send(gateway, method, changed === undefined ? '' : `/${changed.id}`, about());
    expect(answer.problem.code, answer.text).toBe('audit-unavailable');
  });
});
