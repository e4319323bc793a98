import { randomUUID } from 'node:crypto';
import { AnkaError, auditEvent, listRecordHeads, newId, type RecordHead, recordDetails } from '@ankasecure/contracts';
import { BusClient, sealsOf, withTenant } from '@ankasecure/service-kit';
import { withOtherStatements } from '@ankasecure/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CallOptions, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, tenantA } from '../testing/token.js';
import type { Approval } from './approval.contract.js';
import { RequestsOnRecord } from './trail/requests-on-record.js';

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
  const ask = async (): Promise<Approval> => {
    const asked = await send('DELETE', `/keys/${randomUUID()}?waitingDays=7`, ursula);
    expect(asked.status, asked.text).toBe(202);
    const approval = JSON.parse(asked.text) as Approval;
    await isSealed(approval.id);
    return approval;
  };
  return {
    approval: await ask(),
    /** Makes another request. */
    ask,
    rename: () =>
      send('PUT', `/issuers/${id}`, alice, { body: named(`${name}-renamed:`), headers: { 'if-match': '"1"' } }),
    remove: () => send('DELETE', `/issuers/${id}`),
    exclude: (person = 'ursula') => {
      const body = JSON.stringify({ issuer: people.issuer, subject: `${name}:${person}` });
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

  const unknown = 'is unknown now';
  /** A change of names waits until all is known. */
  const besides = [...Object.keys(attacks), unknown].flatMap((how, index) =>
    ends
      .filter((end) => how !== unknown || end === 'exclude')
      .map((end) => [end, how, `${end}-beside-${index}`] as const),
  );
  it.each(besides)(
    'keeps no other from being ended, sealed or not, without an alarm: %s, it %s',
    async (end, how, name) => {
      const { approval, ...person } = await waitingPerson(name);
      const others = [await person.ask(), await person.ask()];
      // The trail has not heard of the second one yet.
      const { sealed } = rig.standIns;
      sealed.splice(
        sealed.findIndex(({ details }) => details?.['approvalId'] === others[1]?.id),
        1,
      );
      const { history, rejections } = sealsOf(gateway.app.get(DataSource).manager);
      const alarm = vi.spyOn(rejections, 'reject');
      const check = history.check.bind(history);
      vi.spyOn(history, 'check').mockImplementation((record, ...rest) =>
        how === unknown && record.id === approval.id
          ? Promise.reject(new AnkaError('audit-unavailable'))
          : check(record, ...rest),
      );
      if (how !== unknown) await sql(`${attacks[how]} WHERE id = '${approval.id}'`);
      const asked = await person[end]();
      const alarmed = alarm.mock.calls.map(([{ id }]) => id);
      vi.restoreAllMocks();
      // The person is shut out, and the answer says that one of their requests is not known to be over.
      if (how === unknown) expect(asked.problem.code, asked.text).toBe('audit-unavailable');
      else expect(asked.status, asked.text).toBeLessThan(300);
      if (how !== unknown) await isAlarmed(approval.id);
      for (const { id } of others) {
        expect(await stateOf(id)).toBe('expired');
        expect(alarmed).not.toContain(id);
      }
      await sql(`DELETE FROM approval WHERE id = '${approval.id}'`);
      // A tenant has few issuers.
      await person.remove();
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
    expect((await person.exclude()).problem.code).toBe('audit-unavailable');
    expect(await stateOf(person.approval.id)).toBe('expired');
    // What was found missing is on record although the change was refused, so it is not looked at again.
    await expect.poll(async () => (await person.rename()).status, { interval: 500 }).toBe(200);
  });

  /** The trail of very many requests of a moment, all but the last of which are over. */
  const over = {
    'deleted on record': [null],
    'known to be over': ['A'.repeat(43)],
    'one or the other': [null, 'A'.repeat(43)],
  } as const;
  it.each(Object.entries(over))('is found after very many others: %s', async (_, digests) => {
    const heads = Array.from({ length: 5_500 }, newId)
      .toSorted()
      .map((id, index, { length }): RecordHead => {
        const digest = index === length - 1 ? 'B'.repeat(43) : (digests[index % digests.length] ?? null);
        return { kind: 'approval', id, seq: 1, revision: 1, digest, state: null };
      });
    const listing = vi.spyOn(gateway.app.get(BusClient, { strict: false }), 'request');
    listing.mockImplementation(async (...[, , , asked]) => {
      const { after } = asked as { after: RecordHead };
      const later = heads.filter(({ id }) => id > after.id);
      return { heads: later.slice(0, 1_000), complete: later.length <= 1_000 };
    });
    const onRecord = gateway.app.get(RequestsOnRecord, { strict: false });
    const tenantId = randomUUID();
    const list = () => withTenant(gateway.app.get(DataSource), tenantId, (manager) => onRecord.list(manager, tenantId));
    let found = await list();
    for (let time = 0; time < 2; time++) {
      for (const { id } of found.heads) if (id !== heads.at(-1)?.id) onRecord.noteOver(tenantId, id);
      found = await list();
    }
    listing.mockRestore();
    expect(found).toEqual({ heads: [heads.at(-1)], isWhole: true });
  });

  /** A form that was decided and not committed: only whoever owns the database has it. */
  const keptForm = (id: string) =>
    `UPDATE approval SET state = 'withdrawn', decided_by = requested_by, decided_at = now(), record_revision = record_revision + 1
     WHERE id = '${id}'`;
  const keep = (id: string) => sql(`CREATE TABLE kept AS SELECT * FROM approval WHERE id = '${id}'`);
  const putBack = (id: string) =>
    sql(`DELETE FROM approval WHERE id = '${id}'; INSERT INTO approval SELECT * FROM kept; DROP TABLE kept`);

  it.each(ends)('does not come back after a form was shown once in which it is over: %s', async (end) => {
    const { approval, ...person } = await waitingPerson(`${end}-kept`);
    await keep(approval.id);
    await sql(keptForm(approval.id));
    const asked = await person[end]();
    expect(asked.status, asked.text).toBeLessThan(300);
    await putBack(approval.id);
    await expect.poll(() => problemOf(approval.id)).toBe('record-outdated');
  });

  it.each(ends)('is ended although another change was shown it as over: %s', async (end) => {
    const { approval, ...person } = await waitingPerson(`${end}-shown`);
    await keep(approval.id);
    await sql(keptForm(approval.id));
    expect((await person.exclude('nobody')).status).toBe(201);
    await putBack(approval.id);
    const asked = await withOtherStatements(gateway.app.get(DataSource), hiding(/"ended_at" IS NULL/), () =>
      person[end](),
    );
    expect(asked.status, asked.text).toBeLessThan(300);
    await isAlarmed(approval.id);
    expect(await stateOf(approval.id)).toBe('expired');
  });

  it('is not asked about one by one while the audit service does not answer', async () => {
    const person = await waitingPerson('silent');
    for (let others = 0; others < 8; others++) {
      const waits = await send('DELETE', `/keys/${randomUUID()}?waitingDays=7`);
      await isSealed((JSON.parse(waits.text) as Approval).id);
    }
    // A gateway that knows everything but the requests.
    const other = await rig.gateway();
    const usual = gateway;
    gateway = other;
    expect((await send('GET', '/issuers')).status).toBe(200);
    expect((await send('GET', '/exclusions')).status).toBe(200);
    const bus = other.app.get(BusClient, { strict: false });
    const { request } = bus;
    let questions = 0;
    vi.spyOn(bus, 'request').mockImplementation(async (contract, partition, context, asked) => {
      if (!JSON.stringify(asked).includes('"kind":"approval"') || (contract as object) === listRecordHeads)
        return request.call(bus, contract, partition, context, asked);
      questions++;
      throw new AnkaError('deadline-exceeded');
    });
    const asked = await person.exclude();
    expect([asked.status, asked.problem.code], asked.text).toEqual([503, 'audit-unavailable']);
    expect(questions).toBeLessThan(4);
    gateway = usual;
    await other.stop();
  });

  it('keeps its people’s names while nobody can know of it, and a person is shut out all the same', async () => {
    const person = await waitingPerson('unknown');
    const away = (): never => {
      throw new AnkaError('service-unavailable');
    };
    Object.defineProperty(rig.standIns, 'remembers', { get: away, configurable: true });
    expect((await person.rename()).problem.code).toBe('audit-unavailable');
    expect(await stateOf(person.approval.id)).toBe('pending');
    expect((await person.exclude()).problem.code).toBe('audit-unavailable');
    expect(await stateOf(person.approval.id)).toBe('expired');
  });

  it('is ended before the exclusion of its requester is answered as done, if the trail is not read at first', async () => {
    const person = await waitingPerson('hidden-late');
    const remembered = rig.standIns.remembers;
    let isAway = true;
    const remembers = (): boolean => {
      if (isAway) throw new AnkaError('service-unavailable');
      return remembered;
    };
    Object.defineProperty(rig.standIns, 'remembers', { get: remembers, configurable: true });
    const hidden = <Result>(work: () => Promise<Result>): Promise<Result> =>
      withOtherStatements(gateway.app.get(DataSource), hiding(/"ended_at" IS NULL/), work);
    expect((await hidden(() => person.exclude())).problem.code).toBe('audit-unavailable');
    isAway = false;
    const again = await hidden(() => person.exclude());
    expect(again.status, again.text).toBe(201);
    expect(await stateOf(person.approval.id)).toBe('expired');
    await person.remove();
  });

  it('is not deleted by an error of the HSM, which tells nothing of it', async () => {
    const { approval, ...person } = await waitingPerson('fault');
    // A gateway that knows everything but the requests.
    const other = await rig.gateway();
    const usual = gateway;
    gateway = other;
    expect((await send('GET', '/issuers')).status).toBe(200);
    const bus = other.app.get(BusClient, { strict: false });
    const { request } = bus;
    vi.spyOn(bus, 'request').mockImplementation(async (contract, partition, context, asked) => {
      if (!JSON.stringify(asked).includes('"kind":"approval"') || (contract as object) === listRecordHeads)
        return request.call(bus, contract, partition, context, asked);
      throw new AnkaError('hsm-error');
    });
    const asked = await withOtherStatements(other.app.get(DataSource), hiding(/"ended_at" IS NULL/), () =>
      person.rename(),
    );
    expect(asked.status, asked.text).toBeGreaterThanOrEqual(500);
    gateway = usual;
    await other.stop();
    expect((await person.exclude()).status).toBe(201);
    expect(await stateOf(approval.id)).toBe('expired');
  });
});
