import { randomUUID } from 'node:crypto';
import { AnkaError, auditEvent, newId, recordDetails } from '@ankasecure/contracts';
import { withOtherStatements } from '@ankasecure/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CallOptions, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, tenantA } from '../testing/token.js';
import type { Approval } from './approval.contract.js';

let rig: Rig;
let gateway: Gateway;
let alice: string;
beforeAll(async () => {
  rig = await startRig();
  rig.standIns.remembers = true;
  gateway = await rig.gateway();
  alice = await rig.issuer.token({ sub: 'alice', ...asTenant(tenantA, 'tenant-admin') });
  rig.standIns.answer('deleteKey', () => {
    throw new AnkaError('approval-required', undefined, { revision: 7 });
  });
});
afterAll(() => rig.stop());

const send = (method: string, path: string, token = alice, options: CallOptions = {}) =>
  call(gateway, method, `/api/v1${path}`, { token, ...options });
const isSealed = (approvalId: string) =>
  expect.poll(() => rig.standIns.sealed.some(({ details }) => details?.['approvalId'] === approvalId)).toBe(true);
const stateOf = async (id: string): Promise<unknown> =>
  (JSON.parse((await send('GET', `/approvals/${id}`)).text) as Approval).state;

/** The ways in which the names of an issuer's people disappear. */
const ends = ['rename', 'remove', 'exclude'] as const;

/** An issuer whose one person waits for an approval. */
const waitingPerson = async (name: string) => {
  const people = await makeIssuer(`https://${name}.test`);
  const named = (subjectPrefix: string) =>
    JSON.stringify({
      issuer: people.issuer,
      audience,
      algorithms: ['ES256'],
      keys: [people.publicJwk],
      subjectPrefix,
    });
  const { id } = JSON.parse((await send('POST', '/issuers', alice, { body: named(`${name}:`) })).text) as {
    id: string;
  };
  const ursula = await people.token({ sub: 'ursula', ...asTenant(tenantA, 'tenant-admin') });
  const asked = await send('DELETE', `/keys/${randomUUID()}?waitingDays=7`, ursula);
  expect(asked.status, asked.text).toBe(202);
  const approval = JSON.parse(asked.text) as Approval;
  await isSealed(approval.id);
  return {
    approval,
    rename: () =>
      send('PUT', `/issuers/${id}`, alice, { body: named(`${name}-renamed:`), headers: { 'if-match': '"1"' } }),
    remove: () => send('DELETE', `/issuers/${id}`),
    exclude: () => {
      const body = JSON.stringify({ issuer: people.issuer, subject: `${name}:ursula` });
      return send('POST', '/exclusions', alice, { body });
    },
  };
};

/** Has the database answer nothing to statements that read requests. */
const hiding =
  (which: RegExp) =>
  (statement: string): string =>
    statement.includes('FROM "approval"') && which.test(statement)
      ? `SELECT * FROM (${statement}) AS answered WHERE false`
      : statement;

const ways = { 'where open ones are listed': /"ended_at" IS NULL/, everywhere: /./ };

describe('a request for approval that the database hides', () => {
  afterEach(() => {
    Object.defineProperty(rig.standIns, 'remembers', { value: true, writable: true, configurable: true });
  });

  const sql = (statements: string) => rig.postgres.query('ankadb_gateway', statements);
  const isAlarmed = (id: string) =>
    expect
      .poll(() =>
        rig.standIns.sealed.some(({ operation, details }) => operation === 'record.reject' && details?.['id'] === id),
      )
      .toBe(true);
  /** Waits until the trail knows the request as deleted. */
  const isForgotten = (id: string) => {
    const isDeletion = (text: string) => text.startsWith('approval ') && text.endsWith(` deleted - ${id}`);
    return expect
      .poll(() => rig.standIns.sealed.some(({ details }) => Object.values(details ?? {}).some(isDeletion)))
      .toBe(true);
  };
  const problemOf = async (id: string): Promise<unknown> => (await send('GET', `/approvals/${id}`)).problem.code;

  const cases = Object.entries(ways).flatMap(([where, which], index) =>
    ends.map((end) => [end, where, which, `${end}-${index}`] as const),
  );
  it.each(cases)('stops nothing that ends it, and never counts again: %s, hidden %s', async (end, _, which, name) => {
    const { approval, ...person } = await waitingPerson(name);
    const asked = await withOtherStatements(gateway.app.get(DataSource), hiding(which), () => person[end]());
    expect(asked.status, asked.text).toBeLessThan(300);
    await isAlarmed(approval.id);
    if (which === ways.everywhere) {
      await isForgotten(approval.id);
      expect(await problemOf(approval.id)).toBe('record-outdated');
    } else expect(await stateOf(approval.id)).toBe('expired');
  });

  /** What the owner of the database does with the row of a request, and takes back later. */
  const attacks: Readonly<Record<string, string>> = {
    'is deleted': 'DELETE FROM approval',
    'has an older form': 'UPDATE approval SET record_revision = record_revision - 1',
    'is forged': `UPDATE approval SET requested_by = 'nobody'`,
    'has another tenant': `UPDATE approval SET tenant_id = '${randomUUID()}'`,
  };
  const attacked = Object.keys(attacks).flatMap((how, index) =>
    ends.map((end) => [end, how, `${end}-row-${index}`] as const),
  );
  it.each(attacked)(
    'stops nothing either if its row changed, and no copy comes back: %s, it %s',
    async (end, how, name) => {
      const { approval, ...person } = await waitingPerson(name);
      const where = `WHERE id = '${approval.id}'`;
      await sql(`CREATE TABLE kept AS SELECT * FROM approval ${where}`);
      await sql(`${attacks[how]} ${where}`);
      const asked = await person[end]();
      expect(asked.status, asked.text).toBeLessThan(300);
      await isAlarmed(approval.id);
      await isForgotten(approval.id);
      await sql(`DELETE FROM approval ${where}; INSERT INTO approval SELECT * FROM kept; DROP TABLE kept`);
      expect(await problemOf(approval.id)).toBe('record-outdated');
      await sql(`DELETE FROM approval ${where}`);
    },
  );

  it('is one of very many: a person is shut out, and names disappear in steps', async () => {
    const person = await waitingPerson('many');
    const ids = Array.from({ length: 250 }, () => newId());
    for (let start = 0; start < ids.length; start += 32) {
      const changes = ids.slice(start, start + 32).map((id, index) => ({
        kind: 'approval' as const,
        id,
        revision: start + index + 1,
        digest: 'A'.repeat(43),
      }));
      const actor = { tenantId: tenantA, principal: 'x', correlationId: newId() };
      rig.standIns.sealed.push(auditEvent(actor, { operation: 'approval.request', details: recordDetails(changes) }));
    }
    expect((await person.rename()).problem.code).toBe('audit-unavailable');
    expect((await person.exclude()).status).toBe(201);
    expect(await stateOf(person.approval.id)).toBe('expired');
  });

  it('keeps its people’s names while nobody can know of it, and a person is shut out all the same', async () => {
    const person = await waitingPerson('unknown');
    const away = (): never => {
      throw new AnkaError('service-unavailable');
    };
    Object.defineProperty(rig.standIns, 'remembers', { get: away, configurable: true });
    expect((await person.rename()).problem.code).toBe('audit-unavailable');
    expect(await stateOf(person.approval.id)).toBe('pending');
    expect((await person.exclude()).status).toBe(201);
    expect(await stateOf(person.approval.id)).toBe('expired');
  });
});
