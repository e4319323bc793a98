import { randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
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

  const cases = Object.entries(ways).flatMap(([where, which], index) =>
    ends.map((end) => [end, where, which, `${end}-${index}`] as const),
  );
  it.each(cases)('is missed by what ends it: %s, hidden %s', async (end, _, which, name) => {
    const person = await waitingPerson(name);
    const asked = await withOtherStatements(gateway.app.get(DataSource), hiding(which), () => person[end]());
    expect(asked.problem.code, asked.text).toBe('record-outdated');
    expect(await stateOf(person.approval.id)).toBe('pending');
    const honest = await person[end]();
    expect(honest.status, honest.text).toBeLessThan(300);
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
