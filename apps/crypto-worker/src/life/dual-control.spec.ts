import { randomBytes, randomUUID } from 'node:crypto';
import type { Context, KeyState } from '@ankasecure/contracts';
import { controlledActions, initialPolicy, type PolicyDocument } from '@ankasecure/policy-rules';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { KeyStore } from '../key/key-store.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { contextOf, ownClock, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { ChangeState } from './change-state.js';
import { Destruction } from './destruction.js';
import type { Revocation, StateChange, Verb } from './plan-change.js';

/** A token. Changes of state never call it. */
const custody = { known: () => ({ outsideSteps: [] }), uri: () => 'pkcs11:' } as unknown as Custody;

let database: WorkerDatabase;
let outcomes: GroupCommit;
let states: ChangeState;
let tenantId: string;
let keyId: string;
beforeAll(async () => {
  database = await startWorkerDatabase();
  const { config, dataSource, outbox } = database;
  outcomes = new GroupCommit(config, outbox, ownClock, silent);
  states = new ChangeState(
    new KeyActionRunner(dataSource, new KeyStore(dataSource), outcomes, outbox, ownClock),
    custody,
  );
});
afterAll(async () => {
  await outcomes.close();
  await database.stop();
});

beforeEach(async () => {
  [tenantId, keyId] = [randomUUID(), randomUUID()];
  await database.superuser.query('TRUNCATE outbox');
  await database.superuser.query(
    `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'AES-256', 'encrypt', '{A256KW}', 'x')`,
    [tenantId, keyId],
  );
  await database.superuser.query(
    `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id)
     VALUES ($1, $2, 1, 'ACTIVE', 'token', 'default', 't', 's', $3)`,
    [tenantId, keyId, randomBytes(16)],
  );
});

const enforce = (dualControl: PolicyDocument['dualControl']) =>
  database.superuser.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [
    tenantId,
    JSON.stringify({ ...initialPolicy, dualControl }),
  ]);
const stateNow = async (): Promise<KeyState | undefined> => {
  const [row] = await database.superuser.query<{ state: KeyState }[]>(
    'SELECT state FROM key_version WHERE tenant_id = $1',
    [tenantId],
  );
  return row?.state;
};
const approval = { id: randomUUID(), requestedBy: 'alice' };
const destruction = new Destruction(30, 0);
const ask = (verb: Verb, revocation?: Revocation): StateChange => ({
  verb,
  id: keyId,
  ...(revocation && { revocation }),
});
const change = (asked: StateChange, over: Partial<Context> = {}) =>
  states.change(
    { ...contextOf(tenantId), ...over },
    asked,
    asked.verb === 'schedule-destroy' ? destruction : undefined,
  );

const controlled = [
  ['a destruction', 'destroy', 'schedule-destroy', undefined, 'DESTROY_SCHEDULED'],
  ['a compromise', 'compromise', 'compromise', { reason: 'key-compromise' }, 'COMPROMISED'],
  ['a revocation for key compromise', 'compromise', 'revoke', { reason: 'key-compromise' }, 'COMPROMISED'],
  ['a deactivation', 'deactivate', 'deactivate', undefined, 'DEACTIVATED'],
  ['a revocation for another reason', 'deactivate', 'revoke', { reason: 'superseded' }, 'DEACTIVATED'],
  ['a revocation for CA compromise', 'compromise', 'revoke', { reason: 'ca-compromise' }, 'COMPROMISED'],
] as const;

describe.each(controlled)('%s that requires two people', (_, action, verb, revocation, state) => {
  it('is refused to one person, recorded, and changes nothing', async () => {
    await enforce([action]);
    for (const over of [{}, { approval: { ...approval, requestedBy: 'tester' } }])
      await expect(change(ask(verb, revocation), over)).rejects.toMatchObject({
        code: 'approval-required',
        revision: 1,
      });
    expect(await stateNow()).toBe('ACTIVE');
    expect((await database.events())[0]).toMatchObject({
      operation: `key.${verb}`,
      userId: 'tester',
      outcome: 'failure',
      failureCode: 'approval-required',
    });
  });

  it('is refused to one person in a dry run too, after all other checks', async () => {
    await enforce([action]);
    const dryRun = (over: Partial<Context>) => change(ask(verb, revocation), { ...over, dryRun: true });
    expect(await dryRun({})).toMatchObject({ succeeds: false, error: { code: 'approval-required', status: 403 } });
    expect(await dryRun({ ifMatch: 7 })).toMatchObject({ error: { code: 'precondition-failed' } });
    expect(await dryRun({ approval })).toMatchObject({ succeeds: true });
  });

  it('is carried out for two people, and its event names both', async () => {
    await enforce([action]);
    expect(await change(ask(verb, revocation), { approval })).toMatchObject({ state });
    expect((await database.events()).at(-1)).toMatchObject({
      operation: `key.${verb}`,
      userId: 'tester',
      outcome: 'success',
      details: { to: state, approvalId: approval.id, requestedBy: 'alice' },
    });
  });

  it('is answered as done when it is carried out again, although it changed the revision', async () => {
    await enforce([action]);
    const of = { approval, ifMatch: 1 };
    const first = await change(ask(verb, revocation), of);
    expect(await change(ask(verb, revocation), of)).toEqual(first);
    for (const over of [{ ifMatch: 1 }, { ...of, ifMatch: 7 }])
      await expect(change(ask('revoke', { reason: 'unspecified' }), over)).rejects.toMatchObject({
        code: 'precondition-failed',
      });
  });

  it('requires one person if the policy requires two for something else', async () => {
    await enforce(action === 'destroy' ? ['compromise'] : ['destroy']);
    expect(await change(ask(verb, revocation))).toMatchObject({ state });
  });

  it('is refused if no policy is in force', async () => {
    await expect(change(ask(verb, revocation), { approval })).rejects.toMatchObject({ code: 'tenant-unknown' });
  });
});

it('an approved compromise is answered as done if exactly the same change is carried out again', async () => {
  await enforce(['compromise']);
  const occurredAt = '2026-01-02T03:04:05.678Z';
  const about = { reason: 'key-compromise', message: 'laptop lost' } as const;
  const asked = ask('compromise', { ...about, occurredAt });
  const first = await change(asked, { approval });
  expect(await change(asked, { approval })).toEqual(first);
  expect((await database.events()).at(-1)).toMatchObject({
    details: { from: 'COMPROMISED', to: 'COMPROMISED', approvalId: approval.id },
  });
  expect(await change(ask('compromise', about), { approval })).toEqual(first);
  expect(await change(asked)).toEqual(first);
  for (const other of [
    () => change(ask('compromise', { ...about, occurredAt: '2026-01-02T03:04:05.679Z' }), { approval }),
    () => change(ask('compromise', { reason: 'key-compromise' }), { approval }),
    () => change(ask('revoke', { reason: 'superseded', message: 'laptop lost' }), { approval }),
  ])
    await expect(other()).rejects.toMatchObject({ code: 'key-state' });
});

it('a deactivation that is repeated is answered as done, also to one person, and a revocation is not', async () => {
  await enforce(['deactivate']);
  const first = await change(ask('deactivate'), { approval });
  expect(await change(ask('deactivate'), { approval })).toEqual(first);
  expect(await change(ask('deactivate'))).toEqual(first);
  const revocation = change(ask('revoke', { reason: 'superseded' }), { approval });
  await expect(revocation).rejects.toMatchObject({ code: 'key-state' });
});

describe('under a policy that requires two people for every controlled action', () => {
  it('suspend requires one person, because it can be undone', async () => {
    await enforce([...controlledActions]);
    await change(ask('suspend'));
    expect(await stateNow()).toBe('SUSPENDED');
  });

  it('one person can cancel a destruction, and a repeated request for a destruction is answered as done', async () => {
    await enforce(['destroy']);
    await change(ask('schedule-destroy'), { approval });
    expect(await change(ask('schedule-destroy'))).toMatchObject({ state: 'DESTROY_SCHEDULED' });
    await change(ask('cancel-destroy'));
    expect(await stateNow()).toBe('SUSPENDED');
  });
});
