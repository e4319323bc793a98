import { AnkaError, type Context, monotonicNow, newId } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Exclusions } from '../exclusion/exclusions.js';
import { Issuers } from '../issuer/issuers.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { makeIssuer, tenantA } from '../testing/token.js';

const contextOf = (over: Partial<Context>): Context => ({
  tenantId: tenantA,
  principal: 'alice',
  issuer: 'https://issuer.test',
  roles: ['tenant-admin'],
  correlationId: 'spec',
  deadline: monotonicNow() + 60_000,
  ...over,
});

/** How a record of a table is made under an id that a caller's request names. */
interface Making {
  readonly create: (context: Context, more?: object) => Promise<unknown>;
  /** A request that differs. Undefined if the id of the request does not find the record. */
  readonly other?: object;
}

describe('the id of a new record of the gateway', () => {
  let rig: Rig;
  let gateway: Gateway;
  let publicJwk: object;
  beforeAll(async () => {
    rig = await startRig();
    rig.standIns.strict = true;
    rig.standIns.remembers = true;
    gateway = await rig.gateway();
    ({ publicJwk } = await makeIssuer('https://other.test'));
  });
  afterAll(() => rig.stop());

  const sql = (text: string): Promise<unknown[]> => rig.postgres.query('ankadb_gateway', text);
  const subject = crypto.randomUUID();
  const makings: Readonly<Record<string, Making>> = {
    service_account: {
      create: (context, more = {}) =>
        gateway.app.get(ServiceAccounts).create(context, {
          name: 'payments',
          roles: ['user'],
          groups: [],
          keys: [publicJwk],
          certificates: [],
          ...more,
        } as never),
      other: { roles: ['auditor'] },
    },
    issuer: {
      create: (context, more = {}) =>
        gateway.app.get(Issuers).create(context, {
          issuer: `https://${context.resourceId}.test`,
          audience: 'x',
          algorithms: ['ES256'],
          claims: { roles: 'roles', groups: 'groups', tenant: 'tenant' },
          keys: [publicJwk],
          roles: ['user'],
          subjectPrefix: `${context.resourceId}:`,
          sharesSubjects: false,
          ...more,
        } as never),
      other: { audience: 'y' },
    },
    excluded_subject: {
      create: (context) => gateway.app.get(Exclusions).create(context, { issuer: 'https://issuer.test', subject }),
    },
  };
  const cases = Object.entries(makings);
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'ok',
      (error: unknown) => (error instanceof AnkaError ? error.code : error),
    );
  const isSealed = (id: string) => () =>
    rig.standIns.sealed.some(({ details }) => JSON.stringify(details).includes(id));

  it.each(cases)(
    'is never used again, whether its record was lost or deleted: %s',
    async (table, { create, other }) => {
      const id = newId();
      expect(await codeOf(create(contextOf({ resourceId: id })))).toBe('ok');
      expect(await codeOf(create(contextOf({ resourceId: id })))).toBe('ok');
      if (other !== undefined) {
        expect(await codeOf(create(contextOf({ resourceId: id }), other))).toBe('record-outdated');
        expect(await codeOf(create(contextOf({ resourceId: id, principal: 'bob' })))).toBe('record-outdated');
      }
      await expect.poll(isSealed(id)).toBe(true);
      await sql(`DELETE FROM ${table} WHERE id = '${id}'`);
      for (const principal of ['alice', 'bob'])
        expect(await codeOf(create(contextOf({ resourceId: id, principal })))).toBe('record-outdated');
    },
  );
});
