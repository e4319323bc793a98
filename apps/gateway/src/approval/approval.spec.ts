import {
  AnkaError,
  type AuditEvent,
  type Context,
  type ErrorCode,
  monotonicNow,
  platformTenantId,
} from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { withOtherStatements } from '@ankasecure/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../auth/principal.js';
import { policy } from '../policy/policy.example.js';
import { routes } from '../routes/routes.js';
import { type CallAnswer, type CallOptions, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, tenantA, tenantB } from '../testing/token.js';
import type { Approval } from './approval.contract.js';
import { ApprovalRequests } from './approval-requests.js';
import { Approvals } from './approvals.js';
import { type ApprovedRequest, Decisions } from './decisions.js';

let rig: Rig;
let gateway: Gateway;
let alice: string;
let bob: string;
let keyId: string;
let revision: number;
beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
  alice = await tokenOf('alice');
  bob = await tokenOf('bob');
});
afterAll(() => rig.stop());
beforeEach(() => {
  [keyId, revision] = [crypto.randomUUID(), 7];
  for (const operationId of ['deleteKey', 'compromiseKey', 'putPolicy']) wantTwo(operationId);
});
afterEach(() => rig.standIns.answer('getPolicy'));

const tokenOf = (sub: string, roles: Parameters<typeof asTenant>[1] = 'tenant-admin', tenant = tenantA) =>
  rig.issuer.token({ sub, ...asTenant(tenant, roles) });
const principalOf = (subject: string): Principal => ({
  tenantId: tenantA,
  subject,
  issuer: rig.issuer.issuer,
  roles: ['tenant-admin'],
  groups: [],
});

const contextOf = ({ tenantId, subject: principal, issuer }: Principal): Context => ({
  tenantId,
  principal,
  issuer,
  correlationId: 'spec',
  deadline: monotonicNow() + 60_000,
});
const approveAs = async (decisions: Decisions, subject: string, id: string): Promise<ApprovedRequest> => {
  const principal = principalOf(subject);
  return (await decisions.approve({ context: contextOf(principal), principal }, id)) as ApprovedRequest;
};
const done = (body: object) => ({ head: { ok: true as const }, body: Buffer.from(JSON.stringify(body)) });
const refuse = (code: ErrorCode) => async (): Promise<never> => {
  throw new AnkaError(code);
};

/** Makes the service require two people for the operation. Once approved, it succeeds or ends as `then` says. */
const wantTwo = (operationId: string, then = async () => done({ operationId })) =>
  rig.standIns.answer(operationId, ({ approval, ifMatch }) => {
    if (approval !== undefined) return then();
    throw new AnkaError('approval-required', undefined, {
      revision: typeof ifMatch === 'number' ? ifMatch : revision,
    });
  });
const heard = (operationId: string) => rig.standIns.heard.get(operationId) ?? [];

const send = (method: string, path: string, token: string, options: CallOptions = {}) =>
  call(gateway, method, `/api/v1${path}`, { token, ...options });
const destroy = (token = alice, options: CallOptions = {}) =>
  send('DELETE', `/keys/${keyId}?waitingDays=7`, token, options);
const waiting = async (asked: Promise<CallAnswer> = destroy()): Promise<Approval> => {
  const answer = await asked;
  expect(answer.status, answer.text).toBe(202);
  return JSON.parse(answer.text) as Approval;
};
const decide = (verdict: string, { id }: Pick<Approval, 'id'>, token: string, body?: object) =>
  send('POST', `/approvals/${id}/${verdict}`, token, body && { body: JSON.stringify(body) });
const approve = (approval: Pick<Approval, 'id'>, token = bob) => decide('approve', approval, token);
const approvalIn = ({ status, text }: CallAnswer): Approval => {
  expect(status, text).toBe(200);
  return JSON.parse(text) as Approval;
};
const read = async ({ id }: Pick<Approval, 'id'>, token = alice) =>
  approvalIn(await send('GET', `/approvals/${id}`, token));
const refused = ({ status, problem }: CallAnswer) => [status, problem.code];
/** Changes the record as another gateway does. */
const sql = (set: string, { id }: Pick<Approval, 'id'>) =>
  rig.postgres.query(
    'ankadb_gateway',
    `UPDATE approval SET ${set}, record_revision = record_revision + 1 WHERE id = $1`,
    [id],
  );
/** Calls that came too late or changed nothing are on record too, and say so. */
const hadEffect = ({ failureCode, details }: AuditEvent): boolean =>
  failureCode !== 'approval-state' && details?.['unchanged'] === undefined;
const eventsOf = async ({ id }: Pick<Approval, 'id'>, count: number) => {
  const sealed = () => rig.standIns.sealed.filter((event) => event.details?.['approvalId'] === id && hadEffect(event));
  await expect.poll(() => sealed().length).toBe(count);
  return sealed();
};

describe('an operation that needs two people', () => {
  it('waits for the second person, with one record and one event', async () => {
    const answer = await destroy();
    const approval = await waiting(Promise.resolve(answer));
    expect(answer.headers.get('location')).toBe(`/api/v1/approvals/${approval.id}`);
    expect(approval).toMatchObject({
      tenantId: tenantA,
      operation: 'deleteKey',
      request: { id: keyId, waitingDays: '7' },
      ifMatch: 7,
      requestedBy: 'alice',
      requestedByIssuer: rig.issuer.issuer,
      state: 'pending',
      decidedBy: null,
      decidedByIssuer: null,
      decidedAt: null,
      reason: null,
      outcome: null,
    });
    expect(Date.parse(approval.expiresAt) - Date.parse(approval.createdAt)).toBe(24 * 3_600_000);
    const again = await Promise.all([waiting(), waiting(), waiting(destroy(await tokenOf('alice')))]);
    expect(new Set(again.map(({ id }) => id))).toEqual(new Set([approval.id]));
    expect((await waiting(destroy(bob))).id).not.toBe(approval.id);
    expect((await waiting(destroy(alice, { headers: { 'if-match': '"8"' } }))).id).not.toBe(approval.id);
    expect(await eventsOf(approval, 1)).toMatchObject([
      {
        tenantId: tenantA,
        userId: 'alice',
        keyId,
        operation: 'approval.request',
        outcome: 'success',
        details: {
          requestedBy: 'alice',
          requestedByIssuer: rig.issuer.issuer,
          requested: 'deleteKey',
          expiresAt: approval.expiresAt,
          userIssuer: rig.issuer.issuer,
        },
      },
    ]);
  });

  it('gets the same answer again for the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const [first, second] = [await destroy(alice, { headers }), await destroy(alice, { headers })];
    expect([second.status, second.text, second.headers.get('location')]).toEqual([
      202,
      first.text,
      first.headers.get('location'),
    ]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('does not wait after a dry run, or on a route that never needs two people', async () => {
    rig.standIns.answer('deleteKey', async ({ dryRun }) => done({ dryRun }));
    expect((await send('DELETE', `/keys/${keyId}?dryRun=true`, alice)).status).toBe(200);
    rig.standIns.answer('suspendKey', refuse('approval-required'));
    expect(refused(await send('POST', `/keys/${keyId}/suspend`, alice))).toEqual([403, 'approval-required']);
    rig.standIns.answer('suspendKey');
  });

  it('can be decided in a dry run, which changes nothing', async () => {
    const approval = await waiting();
    rig.standIns.answer('deleteKey', async ({ dryRun, ifMatch, approval: about }) => done({ dryRun, ifMatch, about }));
    const deciding = { approve: ['POST', '/approve'], reject: ['POST', '/reject'], withdraw: ['DELETE', ''] } as const;
    const tryTo = async (what: keyof typeof deciding, token: string): Promise<unknown> => {
      const [method, path] = deciding[what];
      const answer = await send(method, `/approvals/${approval.id}${path}?dryRun=true`, token);
      expect(answer.status, answer.text).toBe(200);
      return JSON.parse(answer.text);
    };
    const verdict = (what: string, succeeds: boolean) => ({ dryRun: true, operation: `approval.${what}`, succeeds });
    const denied = { error: { code: 'approval-denied' } };
    expect(await tryTo('approve', bob)).toEqual({
      dryRun: true,
      ifMatch: 7,
      about: { id: approval.id, requestedBy: 'alice', requestedByIssuer: rig.issuer.issuer },
    });
    expect(await tryTo('reject', bob)).toEqual(verdict('reject', true));
    expect(await tryTo('withdraw', alice)).toEqual(verdict('withdraw', true));
    expect(await tryTo('approve', alice)).toMatchObject({ ...verdict('approve', false), ...denied });
    expect(await tryTo('withdraw', bob)).toMatchObject({ ...verdict('withdraw', false), ...denied });
    expect(await read(approval)).toEqual(approval);
    const [, ...tried] = await eventsOf(approval, 6);
    expect(tried.map(({ operation, outcome, userId }) => [operation, outcome, userId]).toSorted()).toEqual([
      ['dry-run.approval.approve', 'failure', 'alice'],
      ['dry-run.approval.approve', 'success', 'bob'],
      ['dry-run.approval.reject', 'success', 'bob'],
      ['dry-run.approval.withdraw', 'failure', 'bob'],
      ['dry-run.approval.withdraw', 'success', 'alice'],
    ]);
    approvalIn(await decide('reject', approval, bob));
    expect(await tryTo('approve', bob)).toMatchObject({ succeeds: false, error: { code: 'approval-state' } });
  });

  it('is carried out as requested, in the approver’s name, and once', async () => {
    const body = { message: 'laptop lost' };
    const headers = { 'if-match': '"7"' };
    const asked = send('POST', `/keys/${keyId}/compromise`, alice, { body: JSON.stringify(body), headers });
    const approval = await waiting(asked);
    const before = heard('compromiseKey').length;
    const officer = await rig.issuer.token({
      sub: 'bob',
      groups: ['custodians'],
      ...asTenant(tenantA, 'application-admin'),
    });
    const approved = approvalIn(await approve(approval, officer));
    expect(approved).toMatchObject({
      state: 'approved',
      decidedBy: 'bob',
      decidedByIssuer: rig.issuer.issuer,
      outcome: { status: 200, body: { operationId: 'compromiseKey' } },
    });
    expect(approvalIn(await approve(approval, officer))).toEqual(approved);
    expect(await read(approval)).toEqual(approved);
    expect(heard('compromiseKey').length - before).toBe(1);
    const { context, body: sent } = heard('compromiseKey').at(-1) ?? expect.fail();
    expect(context).toMatchObject({
      tenantId: tenantA,
      principal: 'bob',
      roles: ['application-admin'],
      groups: ['custodians'],
      ifMatch: 7,
      approval: { id: approval.id, requestedBy: 'alice', requestedByIssuer: rig.issuer.issuer },
    });
    expect(JSON.parse(sent)).toEqual({ ...body, id: keyId });
    const [, decided, concluded] = await eventsOf(approval, 3);
    expect(concluded).toMatchObject({ userId: 'bob', operation: 'approval.conclude', details: { status: '200' } });
    expect(decided).toMatchObject({
      userId: 'bob',
      keyId,
      operation: 'approval.approve',
      outcome: 'success',
      details: { requestedBy: 'alice', requested: 'compromiseKey' },
    });
  });

  it('applies to the key’s revision at the time of the request, even if the requester named none', async () => {
    const approval = await waiting();
    expect((await waiting(destroy(alice, { headers: { 'if-match': '"7"' } }))).id).toBe(approval.id);
    revision = 8;
    expect(await waiting()).toMatchObject({ ifMatch: 8 });
    await approve(approval);
    expect(heard('deleteKey').at(-1)?.context).toMatchObject({ approval: { id: approval.id }, ifMatch: 7 });
  });

  it('is carried out in the platform’s own tenant too', async () => {
    const [one, other] = [
      await tokenOf('alice', 'tenant-admin', platformTenantId),
      await tokenOf('bob', 'tenant-admin', platformTenantId),
    ];
    const approval = await waiting(destroy(one));
    expect(approvalIn(await approve(approval, other)).outcome).toMatchObject({ status: 200 });
  });

  it('is answered with the refusal of an operation that is no longer possible, and keeps it', async () => {
    wantTwo('putPolicy', refuse('precondition-failed'));
    const body = JSON.stringify({ allowedAlgorithms: ['AES-256'], fipsOnly: false });
    const approval = await waiting(send('PUT', '/policy', alice, { body, headers: { 'if-match': '"41"' } }));
    expect(approval).toMatchObject({ operation: 'putPolicy', ifMatch: 41, request: JSON.parse(body) as object });
    const answer = await approve(approval);
    expect([...refused(answer), answer.headers.get('content-type')]).toEqual([
      412,
      'precondition-failed',
      'application/problem+json',
    ]);
    const { state, outcome } = await read(approval);
    expect([state, outcome?.status, outcome?.body]).toMatchObject(['approved', 412, { code: 'precondition-failed' }]);
    const again = await approve(approval);
    expect(refused(again)).toEqual([412, 'precondition-failed']);
    expect(again.problem.detail).toMatch(
      /^The request was approved and then refused, which ends it\. Make a new request/,
    );
    expect(again.problem.correlationId).toBe(again.headers.get('x-correlation-id'));
  });

  it('is refused above the limits of pending requests for one person and for one tenant', async () => {
    const add = (subject: string, many: number) =>
      rig.postgres.query(
        'ankadb_gateway',
        `INSERT INTO approval (tenant_id, id, operation, request, requested_by, requested_by_issuer, expires_at, seal, record_revision)
         SELECT $1, gen_random_uuid(), 'deleteKey', '{}', $2, 'y', now() + interval '1 h', sha256(''), 1 FROM generate_series(1, $3)`,
        [tenantB, subject, many],
      );
    const [one, other] = [
      await tokenOf('alice', 'tenant-admin', tenantB),
      await tokenOf('bob', 'tenant-admin', tenantB),
    ];
    await add('alice', 49);
    const last = await waiting(destroy(one));
    expect((await waiting(destroy(one))).id).toBe(last.id);
    keyId = crypto.randomUUID();
    expect(refused(await destroy(one))).toEqual([429, 'quota-exceeded']);
    await waiting(destroy(other));
    await add('x', 949);
    keyId = crypto.randomUUID();
    expect(refused(await destroy(other))).toEqual([429, 'quota-exceeded']);
    const count = `SELECT count(*) FROM approval WHERE tenant_id = '${tenantB}'`;
    expect(await rig.postgres.query('ankadb_gateway', count)).toEqual([{ count: '1000' }]);
    await rig.postgres.query('ankadb_gateway', `DELETE FROM approval WHERE tenant_id = $1`, [tenantB]);
  });

  it('is refused if its request is too large', async () => {
    const put = (length: number) =>
      send('PUT', '/policy', alice, {
        body: JSON.stringify({ x: 'x'.repeat(length) }),
        headers: { 'if-match': '"1"' },
      });
    const { length: around } = JSON.stringify({ x: '' });
    expect((await put(65_536 - around)).status).toBe(202);
    expect(refused(await put(65_537 - around))).toEqual([413, 'body-too-large']);
  });
});

describe('a request is not approved', () => {
  it('by its requester with any token, and the attempt is recorded', async () => {
    const approval = await waiting();
    const elsewhere = await rig.otherIssuer.token({ sub: 'alice', ...asTenant(tenantA, 'tenant-admin') });
    const before = heard('deleteKey').length;
    for (const token of [alice, await tokenOf('alice'), elsewhere])
      for (const verdict of ['approve', 'reject'])
        expect(refused(await decide(verdict, approval, token))).toEqual([403, 'approval-denied']);
    expect(heard('deleteKey').length).toBe(before);
    expect((await read(approval)).state).toBe('pending');
    expect((await eventsOf(approval, 7)).at(-1)).toMatchObject({
      userId: 'alice',
      operation: 'approval.reject',
      outcome: 'failure',
      failureCode: 'approval-denied',
    });
  });

  it('through an issuer that can give the same names as another, nor requested through one', async () => {
    const approval = await waiting();
    const mine = await makeIssuer('https://mine.test');
    const body = JSON.stringify({
      issuer: mine.issuer,
      audience,
      algorithms: ['ES256'],
      keys: [mine.publicJwk],
      sharesSubjects: true,
    });
    const made = await send('POST', '/issuers', alice, { body });
    expect(made.status, made.text).toBe(201);
    const forged = await mine.token({ sub: 'bob', ...asTenant(tenantA, 'tenant-admin') });
    for (const verdict of ['approve', 'reject'])
      expect(refused(await decide(verdict, approval, forged))).toEqual([403, 'approval-denied']);
    expect(refused(await destroy(forged))).toEqual([403, 'approval-required']);
    expect((await read(approval)).state).toBe('pending');
    const { id } = JSON.parse(made.text) as { id: string };
    expect((await send('DELETE', `/issuers/${id}`, alice)).status).toBe(200);
    const apart = await makeIssuer('https://apart.test');
    const separate = JSON.stringify({
      issuer: apart.issuer,
      audience,
      algorithms: ['ES256'],
      keys: [apart.publicJwk],
      subjectPrefix: 'apart:',
    });
    const other = JSON.parse((await send('POST', '/issuers', alice, { body: separate })).text) as { id: string };
    const carol = await apart.token({ sub: 'carol', ...asTenant(tenantA, 'tenant-admin') });
    expect(approvalIn(await approve(approval, carol))).toMatchObject({
      requestedByIssuer: rig.issuer.issuer,
      decidedBy: 'apart:carol',
      decidedByIssuer: apart.issuer,
    });
    expect((await send('DELETE', `/issuers/${other.id}`, alice)).status).toBe(200);
  });

  it('by a role that cannot perform the operation, and the attempt is recorded', async () => {
    const approval = await waiting();
    const carol = await tokenOf('carol', 'application-admin');
    expect(refused(await approve(approval, carol))).toEqual([403, 'access-denied']);
    for (const role of ['user', 'auditor'] as const)
      expect(refused(await approve(approval, await tokenOf('dave', role)))).toEqual([403, 'access-denied']);
    expect((await eventsOf(approval, 2)).at(-1)).toMatchObject({ userId: 'carol', failureCode: 'access-denied' });
  });

  it('by another tenant or the platform', async () => {
    const approval = await waiting();
    for (const tenant of [tenantB, platformTenantId])
      expect(refused(await approve(approval, await tokenOf('bob', 'tenant-admin', tenant)))).toEqual([
        404,
        'approval-not-found',
      ]);
    expect(refused(await approve({ id: 'x' }))).toEqual([404, 'approval-not-found']);
  });

  it('after its end date, and it can be requested again', async () => {
    const approval = await waiting();
    await sql(`expires_at = now() - interval '1 s'`, approval);
    for (const verdict of ['approve', 'reject'])
      expect(refused(await decide(verdict, approval, bob))).toEqual([409, 'approval-state']);
    expect(refused(await send('DELETE', `/approvals/${approval.id}`, alice))).toEqual([409, 'approval-state']);
    expect((await read(approval)).state).toBe('expired');
    const list = async (state: string) => {
      const { text } = await send('GET', `/approvals?state=${state}&limit=200`, alice);
      return (JSON.parse(text) as { items: Approval[] }).items.map(({ id }) => id);
    };
    expect(await list('expired')).toContain(approval.id);
    expect(await list('pending')).not.toContain(approval.id);
    expect((await waiting()).id).not.toBe(approval.id);
  });

  it('after its end date, if the database’s owner says that it is open', async () => {
    const approval = await waiting();
    await sql(`expires_at = now() - interval '1 s'`, approval);
    const setNow = (language: string) =>
      rig.postgres.query(
        'ankadb_gateway',
        `CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE ${language}`,
      );
    await setNow(`sql AS $$ SELECT pg_catalog.clock_timestamp() - interval '40 days' $$`);
    try {
      expect(refused(await decide('approve', approval, bob))).toEqual([503, 'clock-skew']);
    } finally {
      await setNow(`internal STABLE STRICT AS 'now'`);
    }
    expect(refused(await decide('approve', approval, bob))).toEqual([409, 'approval-state']);
  });

  it.each<[string, (approval: Approval) => Promise<unknown>]>([
    ['it is rejected', (approval) => decide('reject', approval, bob)],
    ['it is withdrawn', (approval) => send('DELETE', `/approvals/${approval.id}`, alice)],
    ['its requester’s name is gone', (approval) => sql('ended_at = now()', approval)],
    ['its end date', (approval) => sql(`expires_at = now() - interval '1 s'`, approval)],
    ['it was carried out', (approval) => approve(approval)],
  ])('after %s, if the database’s owner answers that it is pending', async (_, end) => {
    const approval = await waiting();
    await end(approval);
    const carriedOut = heard('deleteKey').length;
    const asPending = (statement: string): string =>
      statement
        .replace(/CASE WHEN \S+state = 'pending' AND .*? END/g, `'pending'`)
        .replace(/\(\S+expires_at <= pg_catalog\.now\(\) OR \S+ended_at IS NOT NULL\)/g, 'false')
        .replace(/coalesce\(\S+carrying_until > pg_catalog\.now\(\), false\)/g, 'false');
    const carol = await tokenOf('carol');
    await withOtherStatements(gateway.app.get(DataSource), asPending, async () => {
      for (const verdict of ['approve', 'reject'])
        expect(refused(await decide(verdict, approval, carol))).toEqual([409, 'approval-state']);
      expect(refused(await send('DELETE', `/approvals/${approval.id}`, alice))).toEqual([409, 'approval-state']);
      expect((await read(approval)).state).not.toBe('pending');
    });
    expect(heard('deleteKey').length).toBe(carriedOut);
  });

  it('after it is rejected, and the requester learns the reason', async () => {
    const approval = await waiting();
    const rejected = approvalIn(await decide('reject', approval, bob, { reason: 'still in use' }));
    expect(rejected).toMatchObject({ state: 'rejected', decidedBy: 'bob', reason: 'still in use', outcome: null });
    for (const verdict of ['approve', 'reject'])
      expect(refused(await decide(verdict, approval, bob))).toEqual([409, 'approval-state']);
    expect(await read(approval)).toEqual(rejected);
    expect((await eventsOf(approval, 2)).at(-1)).toMatchObject({
      userId: 'bob',
      operation: 'approval.reject',
      outcome: 'success',
      details: { reason: 'still in use' },
    });
  });

  it('after its requester is shut out', async () => {
    const approval = await waiting(destroy(await tokenOf('mallory')));
    const body = JSON.stringify({ issuer: rig.issuer.issuer, subject: 'mallory', reason: 'stolen' });
    const { status, text } = await send('POST', '/exclusions', bob, { body });
    expect(status, text).toBe(201);
    expect(refused(await approve(approval))).toEqual([409, 'approval-state']);
    expect((await eventsOf(approval, 2)).map(({ operation }) => operation)).toContain('approval.end');
  });

  it('after its requester withdraws it', async () => {
    const approval = await waiting();
    const withdraw = (token: string) => send('DELETE', `/approvals/${approval.id}`, token);
    expect(refused(await withdraw(bob))).toEqual([403, 'approval-denied']);
    expect(refused(await withdraw(await tokenOf('carol', 'application-admin')))).toEqual([404, 'approval-not-found']);
    expect(approvalIn(await withdraw(alice))).toMatchObject({ state: 'withdrawn', decidedBy: 'alice' });
    expect(refused(await withdraw(alice))).toEqual([409, 'approval-state']);
    expect(refused(await approve(approval))).toEqual([409, 'approval-state']);
    const events = await eventsOf(approval, 4);
    expect(events.map(({ userId, failureCode }) => [userId, failureCode]).toSorted()).toEqual([
      ['alice', null],
      ['alice', null],
      ['bob', 'approval-denied'],
      ['carol', 'approval-not-found'],
    ]);
    expect(events.filter(({ operation }) => operation === 'approval.withdraw')).toHaveLength(3);
  });

  it('by two people: of concurrent approvals, one succeeds', async () => {
    const approval = await waiting();
    const before = heard('deleteKey').length;
    const tokens = await Promise.all(['bob', 'carol', 'dave', 'erin'].map((name) => tokenOf(name)));
    const answers = await Promise.all(tokens.map((token) => approve(approval, token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    expect(heard('deleteKey').length - before).toBe(1);
    await eventsOf(approval, 3);
  });

  it.each([{ extra: true }, { id: tenantA }, { reason: '' }, { reason: 'x'.repeat(257) }, { reason: 'a\nb' }, []])(
    'with a body like %j',
    async (body) => {
      const approval = await waiting();
      expect(refused(await decide('reject', approval, bob, body))).toEqual([400, 'request-invalid']);
      expect(refused(await decide('approve', approval, bob, body))).toEqual([400, 'request-invalid']);
      expect((await read(approval)).state).toBe('pending');
    },
  );
});

describe('an approved request that was not carried out', () => {
  it.each(['hsm-unavailable', 'policy-pending', 'deadline-exceeded'] as const)(
    'after %s is carried out when the same person approves it again, and by nobody else',
    async (code) => {
      wantTwo('deleteKey', refuse(code));
      const approval = await waiting();
      expect((await approve(approval)).problem.code).toBe(code);
      expect(await read(approval)).toMatchObject({ state: 'approved', decidedBy: 'bob', outcome: null });
      wantTwo('deleteKey');
      expect(refused(await approve(approval, await tokenOf('carol')))).toEqual([409, 'approval-state']);
      expect(approvalIn(await approve(approval)).outcome).toMatchObject({ status: 200 });
    },
  );

  it.each([
    ['withdrawn', 'by its requester', (approval: Approval) => send('DELETE', `/approvals/${approval.id}`, alice)],
    ['rejected', 'by another person', async (approval: Approval) => decide('reject', approval, await tokenOf('carol'))],
  ] as const)('can be %s %s, except during an attempt', async (state, _, end) => {
    wantTwo('deleteKey', refuse('hsm-unavailable'));
    const approval = await waiting();
    await approve(approval);
    await sql(`carrying_until = now() + interval '1 min'`, approval);
    expect(refused(await end(approval))).toEqual([409, 'approval-state']);
    await sql('carrying_until = now()', approval);
    expect(approvalIn(await end(approval))).toMatchObject({ state, outcome: null });
    wantTwo('deleteKey');
    expect(refused(await approve(approval))).toEqual([409, 'approval-state']);
  });

  it('belongs to one attempt at a time: a late attempt neither ends the next one nor stores its outcome', async () => {
    const approval = await waiting();
    const decisions = gateway.app.get(Decisions);
    const context = contextOf(principalOf('bob'));
    const attempt = () => approveAs(decisions, 'bob', approval.id);
    const late = await attempt();
    await sql('carrying_until = now()', approval);
    const next = await attempt();
    await decisions.release(late);
    await expect(attempt()).rejects.toMatchObject({ code: 'approval-state' });
    expect(await decisions.conclude(context, late, { status: 500, body: {} })).toMatchObject({ outcome: null });
    await expect(attempt()).rejects.toMatchObject({ code: 'approval-state' });
    expect(await decisions.conclude(context, next, { status: 200, body: {} })).toMatchObject({
      outcome: { status: 200 },
    });
  });

  it('belongs to its attempt for the attempt’s longest duration, including the wait for a change of issuers', async () => {
    const asked = { operation: 'createIssuer', body: Buffer.from('{"issuer":"https://x.test"}'), ifMatch: undefined };
    const approval = await gateway.app
      .get(ApprovalRequests)
      .keep(principalOf('alice'), asked, { id: 'spec', clientAddress: undefined });
    await approveAs(gateway.app.get(Decisions), 'bob', approval.id);
    const longest = Math.max(...routes.map(({ withinMs }) => withinMs)) + 3000;
    const query = `SELECT carrying_until > now() + ${longest} * interval '1 ms' AS holds FROM approval WHERE id = $1`;
    expect(await rig.postgres.query('ankadb_gateway', query, [approval.id])).toEqual([{ holds: true }]);
  });

  it('after its gateway died is carried out by the next attempt, once the first one has expired', async () => {
    const approval = await waiting();
    const dead = await rig.gateway();
    await approveAs(dead.app.get(Decisions), 'bob', approval.id);
    await dead.stop();
    const before = heard('deleteKey').length;
    expect(refused(await approve(approval))).toEqual([409, 'approval-state']);
    await sql('carrying_until = now()', approval);
    expect(approvalIn(await approve(approval)).outcome).toMatchObject({ status: 200 });
    expect(heard('deleteKey').length - before).toBe(1);
  });

  it('is not carried out after its end date', async () => {
    wantTwo('deleteKey', refuse('hsm-unavailable'));
    const approval = await waiting();
    await approve(approval);
    await sql('expires_at = now()', approval);
    wantTwo('deleteKey');
    expect(refused(await approve(approval))).toEqual([409, 'approval-state']);
  });
});

describe('requests are visible', () => {
  const idsSeen = async (token: string, query = ''): Promise<string[]> => {
    const { status, text } = await send('GET', `/approvals?limit=200${query}`, token);
    expect(status, text).toBe(200);
    return (JSON.parse(text) as { items: Approval[] }).items.map(({ id }) => id);
  };

  it('to their requester, to people who may decide them, and to auditors', async () => {
    const compromising = send('POST', `/keys/${keyId}/compromise`, await tokenOf('ursula', 'user'));
    const [destruction, compromise] = [await waiting(), await waiting(compromising)];
    const seen = async (sub: string, role: Parameters<typeof asTenant>[1], tenant = tenantA) => {
      const token = await tokenOf(sub, role, tenant);
      const listed = await idsSeen(token);
      for (const { id } of [destruction, compromise])
        expect((await send('GET', `/approvals/${id}`, token)).status).toBe(listed.includes(id) ? 200 : 404);
      return [listed.includes(destruction.id), listed.includes(compromise.id)];
    };
    expect(await seen('carol', 'tenant-admin')).toEqual([true, true]);
    expect(await seen('carol', 'application-admin')).toEqual([false, true]);
    expect(await seen('carol', 'auditor')).toEqual([true, true]);
    expect(await seen('carol', 'user')).toEqual([false, false]);
    expect(await seen('ursula', 'user')).toEqual([false, true]);
    expect(await seen('alice', 'user')).toEqual([true, false]);
    expect(await seen('alice', 'tenant-admin', tenantB)).toEqual([false, false]);
  });

  it('page by page, newest first', async () => {
    const made: string[] = [];
    for (let count = 0; count < 3; count++) {
      keyId = crypto.randomUUID();
      made.unshift((await waiting()).id);
    }
    const page = async (cursor?: string) => {
      const { text } = await send('GET', `/approvals?limit=2${cursor ? `&cursor=${cursor}` : ''}`, alice);
      return JSON.parse(text) as { items: Approval[]; next: string | null };
    };
    const first = await page();
    const second = await page(first.next ?? '');
    expect([...first.items, ...second.items].slice(0, 3).map(({ id }) => id)).toEqual(made);
    expect(refused(await send('GET', '/approvals?cursor=x', alice))).toEqual([400, 'cursor-invalid']);
    for (const query of ['state=undecided', 'limit=0', 'more=1'])
      expect(refused(await send('GET', `/approvals?${query}`, alice))).toEqual([400, 'request-invalid']);
  });

  it('for 30 days after their end', async () => {
    const [old, decided, expired, fresh] = [
      await waiting(destroy(await tokenOf('o'))),
      await waiting(destroy(await tokenOf('d'))),
      await waiting(destroy(await tokenOf('e'))),
      await waiting(destroy(await tokenOf('f'))),
    ];
    await decide('reject', decided, bob);
    await sql(`expires_at = now() - interval '31 days'`, old);
    await sql(`decided_at = now() - interval '31 days'`, decided);
    await sql(`expires_at = now() - interval '29 days'`, expired);
    const approvals = gateway.app.get(Approvals);
    expect([await approvals.removeOld(), await approvals.removeOld()]).toEqual([2, 0]);
    const left = await idsSeen(alice);
    expect([old, decided, expired, fresh].map(({ id }) => left.includes(id))).toEqual([false, false, true, true]);
  });
});

describe('a tenant’s issuer', () => {
  const issuer = (name: string) => ({
    issuer: `https://${name}.test`,
    audience: 'x',
    algorithms: ['ES256'],
    subjectPrefix: 'theirs:',
  });
  const change = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    send(method, `/issuers${path}`, alice, { ...(body && { body: JSON.stringify(body) }), headers });
  const wantTwoForAnything = () =>
    rig.standIns.answer('getPolicy', async () => done({ ...policy, dualControl: ['compromise'] }));

  it('is changed by two people if the policy requires two for anything', async () => {
    wantTwoForAnything();
    const creation = await waiting(change('POST', '', issuer('made')));
    expect(creation).toMatchObject({ operation: 'createIssuer', request: issuer('made') });
    expect(JSON.parse((await change('GET', '')).text)).toEqual({ items: [], next: null });
    const { outcome } = approvalIn(await approve(creation));
    expect(outcome).toMatchObject({
      status: 201,
      body: { id: creation.id, createdBy: 'bob', issuer: 'https://made.test' },
    });

    const put = await waiting(change('PUT', `/${creation.id}`, issuer('put'), { 'if-match': '"1"' }));
    expect(approvalIn(await approve(put)).outcome).toMatchObject({ status: 200, body: { issuer: 'https://put.test' } });
    const removal = await waiting(change('DELETE', `/${creation.id}`));
    expect((await change('GET', `/${creation.id}`)).status).toBe(200);
    expect(approvalIn(await approve(removal)).outcome).toMatchObject({ status: 200 });
    expect((await change('GET', `/${creation.id}`)).status).toBe(404);
    const events = await eventsOf(removal, 4);
    expect(events.map(({ operation, userId }) => [operation, userId]).toSorted()).toEqual([
      ['approval.approve', 'bob'],
      ['approval.conclude', 'bob'],
      ['approval.request', 'alice'],
      ['issuer.delete', 'bob'],
    ]);
  });

  it('ends the open requests of its people when a change renames or removes them, and no other requests', async () => {
    const people = await makeIssuer('https://people.test');
    const named = (subjectPrefix: string) => ({
      issuer: people.issuer,
      audience,
      algorithms: ['ES256'],
      keys: [people.publicJwk],
      subjectPrefix,
    });
    const made = await change('POST', '', named('old:'));
    const { id } = JSON.parse(made.text) as { id: string };
    const ursula = await people.token({ sub: 'ursula', ...asTenant(tenantA, 'tenant-admin') });
    const [pending, another] = [await waiting(destroy(ursula)), await waiting()];
    keyId = crypto.randomUUID();
    wantTwo('deleteKey', refuse('hsm-unavailable'));
    const approved = await waiting(destroy(ursula));
    await approve(approved);
    wantTwo('deleteKey');
    wantTwoForAnything();
    const body = JSON.stringify(named('people:'));
    const put = await waiting(send('PUT', `/issuers/${id}`, ursula, { body, headers: { 'if-match': '"1"' } }));
    expect(approvalIn(await approve(put)).outcome).toMatchObject({ status: 200, body: { subjectPrefix: 'people:' } });
    for (const [approval, token] of [
      [pending, ursula],
      [pending, bob],
      [approved, bob],
    ] as const)
      expect(refused(await approve(approval, token))).toEqual([409, 'approval-state']);
    expect((await read(pending)).state).toBe('expired');
    expect((await read(another)).state).toBe('pending');
    expect((await eventsOf(pending, 2)).at(-1)).toMatchObject({
      userId: 'bob',
      operation: 'approval.end',
      outcome: 'success',
      details: { requestedBy: 'old:ursula', requestedByIssuer: people.issuer },
    });
    const renamed = await waiting(destroy(ursula));
    expect(renamed.requestedBy).toBe('people:ursula');
    const kept = await waiting(
      change('PUT', `/${id}`, { ...named('people:'), roles: ['tenant-admin'] }, { 'if-match': '"2"' }),
    );
    expect(approvalIn(await approve(kept)).outcome).toMatchObject({ status: 200 });
    expect((await read(renamed)).state).toBe('pending');
    const removal = await waiting(change('DELETE', `/${id}`));
    expect(approvalIn(await approve(removal)).outcome).toMatchObject({ status: 200 });
    expect((await read(renamed)).state).toBe('expired');
  });

  it('accepts no request from a principal who was admitted before the change', async () => {
    const early = { ...principalOf('ursula'), epoch: -1 };
    const asked = { operation: 'deleteKey', body: Buffer.from(JSON.stringify({ id: keyId })), ifMatch: 7 };
    await expect(
      gateway.app.get(ApprovalRequests).keep(early, asked, { id: 'spec', clientAddress: undefined }),
    ).rejects.toMatchObject({
      code: 'service-unavailable',
    });
  });

  it('needs no approval for a change that is not possible', async () => {
    wantTwoForAnything();
    expect(refused(await change('DELETE', `/${crypto.randomUUID()}`))).toEqual([404, 'issuer-not-found']);
    expect(refused(await change('POST', '', issuer('x'.repeat(600))))).toEqual([400, 'request-invalid']);
    expect(refused(await change('POST', '', { ...issuer('y'), issuer: 'https://issuer.test' }))).toEqual([
      409,
      'issuer-exists',
    ]);
    // The policy is read last, so that only the commit follows.
    rig.standIns.answer('getPolicy', refuse('service-unavailable'));
    expect(refused(await change('DELETE', `/${crypto.randomUUID()}`))).toEqual([404, 'issuer-not-found']);
  });

  it('is not changed while the policy cannot be read', async () => {
    const made = await change('POST', '', issuer('before'));
    const { id } = JSON.parse(made.text) as { id: string };
    rig.standIns.answer('getPolicy', refuse('service-unavailable'));
    for (const answer of [
      await change('POST', '', { ...issuer('another'), subjectPrefix: 'another:' }),
      await change('PUT', `/${id}`, issuer('changed'), { 'if-match': '"1"' }),
      await change('DELETE', `/${id}`),
    ])
      expect(refused(answer)).toEqual([503, 'service-unavailable']);
    expect(JSON.parse((await change('GET', '')).text)).toMatchObject({ items: [{ id, revision: 1 }] });
  });
});

describe('the record of a request', () => {
  const codeOf = (statement: string) =>
    withTenant(gateway.parts.dataSource, tenantA, (manager) => manager.query(statement)).then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );

  it('cannot be changed, or removed early, by the service’s own role', async () => {
    await waiting();
    for (const statement of [
      `UPDATE approval SET request = '{}'`,
      `UPDATE approval SET requested_by = 'bob'`,
      `UPDATE approval SET expires_at = now() + interval '1 year'`,
      'DELETE FROM approval',
    ])
      expect(await codeOf(statement), statement).toBe('42501');
  });

  it('never names one person as both requester and approver', async () => {
    await waiting();
    expect(await codeOf(`UPDATE approval SET state = 'approved', decided_by = requested_by, decided_at = now()`)).toBe(
      '23514',
    );
  });
});
