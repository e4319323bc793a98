import { type DryRun, type ErrorCode, errors, type Key, type KeyState, type Policy } from '@ankasecure/contracts';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newApplication } from '../harness/application.js';
import type { Client, Method, Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

interface Approval {
  readonly id: string;
  readonly operation: string;
  readonly requestedBy: string;
  readonly state: string;
  readonly decidedBy: string | null;
  readonly outcome: { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | null;
}

let rig: Rig;
let tenant: Tenant;
let alice: Client;
let bob: Client;
let key: Key;

const wantTwo = async (dualControl: PolicyDocument['dualControl'] = ['destroy', 'compromise']): Promise<void> => {
  tenant = await newTenant(rig);
  alice = await tenant.as(['tenant-admin'], 'alice');
  bob = await tenant.as(['tenant-admin'], 'bob');
  await tenant.changePolicy({ fipsOnly: true, dualControl });
  key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
};

beforeAll(async () => {
  rig = await sharedRig();
});

const waiting = ({ status, text, body }: Reply): Approval => {
  expect(status, text).toBe(202);
  return body as Approval;
};
const ask = async (client: Client, method: Method, path: string, body?: object, etag?: number): Promise<Approval> =>
  waiting(await client.send(method, path, { body, ...(etag && { headers: { 'if-match': `"${etag}"` } }) }));
const destroying = (client = alice): Promise<Approval> => ask(client, 'DELETE', `/keys/${key.id}`);
const approve = (client: Client, { id }: Approval): Promise<Reply<Approval>> =>
  client.send('POST', `/approvals/${id}/approve`, { body: {} });
const done = async (approval: Approval, client = bob): Promise<Approval> => {
  const { status, text, body } = await approve(client, approval);
  expect(status, text).toBe(200);
  expect(body).toMatchObject({ state: 'approved', requestedBy: 'alice', decidedBy: 'bob' });
  return body;
};
/** The operation is refused when it is approved. The approval is answered with that refusal and keeps it. */
const refusedAtLast = async (approval: Approval, code: ErrorCode, client = bob): Promise<void> => {
  expectProblem(await approve(client, approval), code);
  const { state, outcome } = await alice.get<Approval>(`/approvals/${approval.id}`);
  expect([state, outcome]).toMatchObject(['approved', { status: errors[code].status, body: { code } }]);
};
const stateNow = async (): Promise<KeyState> => (await tenant.admin.get<Key>(`/keys/${key.id}`)).state;
const put = async (change: Partial<PolicyDocument>): Promise<Reply<Policy>> => {
  const { version, ...document } = await tenant.document();
  return alice.send('PUT', '/policy', {
    body: { ...document, ...change },
    headers: { 'if-match': `"${version}"` },
  });
};

describe('where operations on keys need two people', () => {
  beforeEach(() => wantTwo());

  it.each([
    ['DELETE', '', undefined, 'DESTROY_SCHEDULED', 'key.schedule-destroy'],
    ['POST', '/schedule-destroy', { waitingDays: 1 }, 'DESTROY_SCHEDULED', 'key.schedule-destroy'],
    ['POST', '/compromise', { message: 'laptop lost' }, 'COMPROMISED', 'key.compromise'],
    ['POST', '/revoke', { reason: 'ca-compromise' }, 'COMPROMISED', 'key.revoke'],
  ] as const)(
    '%s /keys/{id}%s runs after a second person approves it, and both people are in the trail',
    async (...row) => {
      const [method, path, body, state, operation] = row;
      const tried = await alice.send<DryRun>(method, `/keys/${key.id}${path}?dryRun=true`, { body });
      expect(tried.body).toMatchObject({ succeeds: false, error: { code: 'approval-required', status: 403 } });
      const approval = await ask(alice, method, `/keys/${key.id}${path}`, body);
      expect(await ask(alice, method, `/keys/${key.id}${path}`, body)).toEqual(approval);
      expect(await stateNow()).toBe('ACTIVE');
      const { outcome } = await done(approval);
      expect(outcome).toMatchObject({ status: 200, body: { id: key.id, state } });
      expect(await stateNow()).toBe(state);
      const events = await eventually('the events of both', async () => {
        const all = await eventsOf(tenant.admin, { keyId: key.id });
        const about = all.filter(({ details }) => details['approvalId'] === approval.id);
        return about.length === 5 && about;
      });
      expect(events.filter(({ details }) => details['unchanged'] === 'true')).toMatchObject([
        { operation: 'approval.request', userId: 'alice' },
      ]);
      const said = events
        .filter(({ details }) => details['unchanged'] === undefined)
        .map(({ operation: what, userId, outcome: how, details }) => [what, userId, how, details['requestedBy']]);
      expect(said.toSorted()).toEqual(
        [
          ['approval.approve', 'bob', 'success', 'alice'],
          ['approval.conclude', 'bob', 'success', 'alice'],
          ['approval.request', 'alice', 'success', 'alice'],
          [operation, 'bob', 'success', 'alice'],
        ].toSorted(),
      );
      expect(await verification(tenant.admin)).toMatchObject({ valid: true });
    },
  );

  it('one person with two tokens counts as one, and the attempt is recorded', async () => {
    const approval = await destroying();
    for (const client of [alice, await tenant.as(['tenant-admin', 'application-admin'], 'alice')])
      expectProblem(await approve(client, approval), 'approval-denied');
    expect(await stateNow()).toBe('ACTIVE');
    await eventually('the attempts on record', async () => {
      const events = await eventsOf(tenant.admin, { operation: 'approval.approve', outcome: 'failure' });
      return (
        events.length === 2 &&
        events.every(({ userId, failureCode: code }) => `${userId} ${code}` === 'alice approval-denied')
      );
    });
  });

  it('a service account counts as nobody: it can neither request nor approve', async () => {
    const application = await (await newApplication(rig, tenant, ['tenant-admin'])).client();
    const approval = await destroying();
    expectProblem(await approve(application, approval), 'approval-denied');
    expectProblem(await application.send('POST', `/approvals/${approval.id}/reject`), 'approval-denied');
    expectProblem(await application.send('DELETE', `/keys/${key.id}`), 'approval-required');
    const { items } = await tenant.admin.get<{ items: Approval[] }>('/approvals');
    expect(items.map(({ id }) => id)).toEqual([approval.id]);
    expect(await stateNow()).toBe('ACTIVE');
  });

  it('a person without the role, or of another tenant, cannot approve', async () => {
    const approval = await destroying();
    const refused: readonly (readonly [Client, ErrorCode])[] = [
      [await tenant.as(['application-admin'], 'carol'), 'access-denied'],
      [await tenant.as(['user', 'auditor'], 'carol'), 'access-denied'],
      [(await newTenant(rig)).admin, 'approval-not-found'],
    ];
    for (const [client, code] of refused) expectProblem(await approve(client, approval), code);
    expect(await stateNow()).toBe('ACTIVE');
  });

  it('a request whose end was moved in the database does not run', async () => {
    const moved = await destroying();
    await rig.query('ankadb_gateway', `UPDATE approval SET expires_at = expires_at + interval '1 day' WHERE id = $1`, [
      moved.id,
    ]);
    expectProblem(await approve(bob, moved), 'record-forged');
    expect(await stateNow()).toBe('ACTIVE');
  });

  it('a rejected or withdrawn request does not run', async () => {
    const rejected = await destroying();
    const reason = 'still in use';
    expect(await bob.post(`/approvals/${rejected.id}/reject`, { reason })).toMatchObject({ state: 'rejected', reason });
    const withdrawn = await destroying();
    expectProblem(await bob.send('DELETE', `/approvals/${withdrawn.id}`), 'approval-denied');
    expect((await alice.send<Approval>('DELETE', `/approvals/${withdrawn.id}`)).body.state).toBe('withdrawn');
    for (const approval of [rejected, withdrawn]) expectProblem(await approve(bob, approval), 'approval-state');
    expect(await stateNow()).toBe('ACTIVE');
    const { items } = await alice.get<{ items: Approval[] }>('/approvals');
    expect(items.map(({ state }) => state)).toEqual(['withdrawn', 'rejected']);
  });

  it('two approvals at once run the operation once', async () => {
    const approval = await destroying();
    const clients = [bob, await tenant.as(['tenant-admin'], 'carol')];
    const replies = await Promise.all(clients.map((client) => approve(client, approval)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    await eventually('one destruction on record', async () => {
      const events = await eventsOf(tenant.admin, { operation: 'key.schedule-destroy', outcome: 'success' });
      return events.length === 1;
    });
  });

  it.each([
    ['DELETE', ''],
    ['POST', '/compromise'],
  ] as const)(
    '%s /keys/{id}%s for another revision of the key is refused, and the refusal is recorded',
    async (method, path) => {
      const body = method === 'POST' ? {} : undefined;
      const approval = await ask(alice, method, `/keys/${key.id}${path}`, body);
      expect(await ask(alice, method, `/keys/${key.id}${path}`, body, key.revision)).toEqual(approval);
      await alice.post(`/keys/${key.id}/rotate`, {});
      await refusedAtLast(approval, 'precondition-failed');
      expect(await stateNow()).toBe('ACTIVE');
    },
  );

  it('other operations need one person', async () => {
    for (const [path, body] of [
      ['suspend', {}],
      ['resume', {}],
      ['revoke', { reason: 'superseded' }],
    ] as const)
      await alice.post(`/keys/${key.id}/${path}`, body);
    expect(await stateNow()).toBe('DEACTIVATED');
    await done(await destroying());
    await alice.post(`/keys/${key.id}/cancel-destroy`, {});
    expect(await stateNow()).toBe('SUSPENDED');
  });
});

describe('a policy that requires two people', () => {
  beforeEach(() => wantTwo(['compromise']));

  it('is tightened by one person', async () => {
    const dualControl: PolicyDocument['dualControl'] = ['compromise', 'destroy'];
    const reply = await put({ dualControl, minimumStrength: 128, allowedAlgorithms: ['EC-P256'] });
    expect(reply.body, reply.text).toMatchObject({ version: 3, changedBy: 'alice', dualControl });
    waiting(await alice.send('DELETE', `/keys/${key.id}`));
  });

  it.each<[string, Partial<PolicyDocument>]>([
    ['relaxed', { fipsOnly: false }],
    ['turned off', { dualControl: [] }],
    ['made to want two for less, and more of something else', { dualControl: ['destroy'], minimumStrength: 128 }],
  ])('is %s by two people, and never by one', async (_, change) => {
    const before = await tenant.document();
    const approval = waiting(await put(change));
    expect(await tenant.document()).toEqual(before);
    expectProblem(await approve(alice, approval), 'approval-denied');
    const { outcome } = await done(approval);
    expect(outcome).toMatchObject({ status: 200, body: { version: before.version + 1, changedBy: 'bob', ...change } });
    expect(await tenant.document()).toMatchObject({ version: before.version + 1, ...change });
    await eventually('the change on record', async () => {
      const [event] = await eventsOf(tenant.admin, { operation: 'policy.put', userId: 'bob' });
      return event?.details['requestedBy'] === 'alice' && event.details['approvalId'] === approval.id;
    });
  });

  it('is rolled back to a laxer version by two people', async () => {
    const tried = await alice.send<DryRun>('POST', '/policy/rollback?dryRun=true', {
      body: { version: 1 },
      headers: { 'if-match': '"2"' },
    });
    expect(tried.body.error?.code).toBe('approval-required');
    const approval = await ask(alice, 'POST', '/policy/rollback', { version: 1 }, 2);
    expect((await tenant.document()).version).toBe(2);
    expect((await done(approval)).outcome).toMatchObject({ status: 200, body: { version: 3, fipsOnly: false } });
    expect(await tenant.document()).not.toHaveProperty('dualControl');
    expect((await alice.send('POST', `/keys/${key.id}/compromise`, { body: {} })).status).toBe(200);
  });

  it('is not changed by an approval that is based on an earlier version', async () => {
    const approval = waiting(await put({ fipsOnly: false }));
    await put({ minimumStrength: 128 });
    await refusedAtLast(approval, 'precondition-failed');
    expect(await tenant.document()).toMatchObject({ version: 3, fipsOnly: true, minimumStrength: 128 });
  });

  it('requires two people to change the tenant’s issuers', async () => {
    const body = { issuer: 'https://login.test', audience: 'x', algorithms: ['ES256'], subjectPrefix: 'login:' };
    const approval = await ask(alice, 'POST', '/issuers', body);
    expect(await alice.get('/issuers')).toEqual({ items: [], next: null });
    const { outcome } = await done(approval);
    const { id } = (outcome?.body ?? {}) as { id: string };
    expect(await alice.get(`/issuers/${id}`)).toMatchObject({ ...body, createdBy: 'bob' });
    const replaced = await ask(alice, 'PUT', `/issuers/${id}`, { ...body, audience: 'y' }, 1);
    const early = await ask(alice, 'DELETE', `/issuers/${id}`);
    expect((await done(replaced)).outcome?.status).toBe(200);
    // The issuer has changed since the request, and nobody approves what the requester did not see.
    await refusedAtLast(early, 'precondition-failed');
    expect((await done(await ask(alice, 'DELETE', `/issuers/${id}`))).outcome?.status).toBe(200);
    expect(await alice.get('/issuers')).toEqual({ items: [], next: null });
  });
});

it('threat: insider alone. One administrator with all roles can call anything, and the key and the rule remain', async () => {
  await wantTwo(['destroy']);
  const insider = tenant.admin;
  const before = await tenant.document();
  const calls: readonly (readonly [Method, string, object?])[] = [
    ['DELETE', `/keys/${key.id}`],
    ['POST', `/keys/${key.id}/schedule-destroy`, { waitingDays: 0 }],
    ['PUT', '/policy', { allowedAlgorithms: before.allowedAlgorithms, fipsOnly: true }],
    ['POST', '/policy/rollback', { version: 1 }],
    ['POST', '/issuers', { issuer: 'https://mine.test', audience: 'x', algorithms: ['ES256'], subjectPrefix: 'mine:' }],
  ];
  for (const [method, path, body] of calls) {
    const headers = path.startsWith('/policy') ? { 'if-match': `"${before.version}"` } : {};
    const approval = waiting(await insider.send(method, path, { body, headers }));
    expectProblem(await approve(insider, approval), 'approval-denied');
    expectProblem(
      await approve(await (await newApplication(rig, tenant, ['tenant-admin'])).client(), approval),
      'approval-denied',
    );
  }
  expect(await stateNow()).toBe('ACTIVE');
  expect(await tenant.document()).toEqual(before);
});
