import { randomBytes, randomUUID } from 'node:crypto';
import { type AlgorithmName, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError, type Context, type ErrorCode } from '@ankasecure/contracts';
import { Clock, CursorSeal } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyAliases } from '../alias/key-alias.js';
import { codeOf } from '../custody/custody.conformance.js';
import type { Capability, Custody } from '../custody/custody.js';
import { ChangeGrants } from '../grant/change-grants.js';
import { RotateKek } from '../kek/rotate-kek.js';
import { KeyStore } from '../key/key-store.js';
import { Lease } from '../lease/lease.js';
import { ChangeState } from '../life/change-state.js';
import { Destruction } from '../life/destruction.js';
import { DueRotations } from '../life/due/due-rotation.js';
import { EditKey } from '../life/edit-key.js';
import { RotationPolicies } from '../life/rotation-policy.js';
import { CreateKey } from '../making/create-key.js';
import { ImportKey } from '../making/import-key.js';
import { KeyRoom } from '../making/key-room.js';
import { VersionMaker } from '../making/make-version.js';
import type { KeySource } from '../making/plan-creation.js';
import { RotateKey } from '../making/rotate-key.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { KeyMakingRunner } from '../outcome/key-making.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { UnrecordedKeys } from '../platform-key/unrecorded-key.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { Quotas } from '../quota/quotas.js';
import { objectMakerOn } from '../testing/object-maker.js';
import {
  contextOf,
  insertKey,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  uncertified,
  type WorkerDatabase,
} from '../testing/worker-database.js';

/** A token that keeps nothing. Something happens in the database while it makes an object. */
class Token {
  readonly kind = 'token';
  readonly token = { label: 't', serial: 's' };
  meanwhile: () => Promise<unknown> = async () => undefined;
  readonly uri = () => 'pkcs11:';
  readonly forgetUnwrapped = () => undefined;
  readonly importAbility = () => ({ available: true, detail: '', outsideSteps: [] });
  readonly platformObjects = async () => [];
  readonly destroy = async () => 0;
  readonly generate = () => this.make();
  readonly importKey = () => this.make();
  readonly generatePlatformKey = () => this.make();
  readonly capability = async (_: unknown, algorithm: AlgorithmName, purpose: Purpose) =>
    this.known(algorithm, purpose);

  known(algorithm: AlgorithmName, purpose: Purpose): Capability {
    return { algorithm, purpose, algs: joseAlgs(algorithm, purpose), excluded: [], outsideSteps: [] };
  }

  private async make(): Promise<object> {
    await this.meanwhile();
    return { spki: null, wrapped: null };
  }
}

/** A database's clock that differs from the worker's. */
const skewed = Object.assign(new Clock({ maximumSkewMs: 2_000 }), {
  within: async () => {
    throw new AnkaError('clock-skew');
  },
});

let database: WorkerDatabase;
let outcomes: GroupCommit;
let lease: Lease;
let token: Token;
let tenantId: string;
let keyId: string;
beforeAll(async () => {
  database = await startWorkerDatabase();
  outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
  lease = new Lease(database.config, silent);
});
afterAll(async () => {
  await lease.release();
  await outcomes.close();
  await database.stop();
});

const sql = (text: string, ...values: unknown[]) => database.superuser.query<unknown[]>(text, values);
const policy = { allowedAlgorithms: ['EC-P256', 'AES-256'], fipsOnly: false, requiredLabels: [] };
const enforce = (more: object = {}) =>
  sql('UPDATE tenant_policy SET document = $2 WHERE tenant_id = $1', tenantId, JSON.stringify({ ...policy, ...more }));
const limit = { keys: 3 };
beforeEach(async () => {
  [tenantId, keyId, token] = [randomUUID(), randomUUID(), new Token()];
  await sql('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', tenantId, '{}');
  await enforce();
  await insertKey(database.superuser, tenantId, keyId);
  database.seals.asked.splice(0);
});

const partition = partitionNamed('default');
const custody = () => token as unknown as Custody;
const actionsBy = (clock = ownClock) => {
  const { dataSource, outbox } = database;
  return new KeyActionRunner(dataSource, new KeyStore(dataSource), outcomes, outbox, clock);
};
const platformKeys = () => {
  const { dataSource, outbox } = database;
  const unrecorded = new UnrecordedKeys(dataSource, custody(), silent, outbox, partition);
  return new PlatformKeys(dataSource, custody(), objectMakerOn(database, custody(), lease), partition, unrecorded);
};
const makers = () => {
  const { dataSource } = database;
  const makings = new KeyMakingRunner(new EnforcedPolicies(dataSource, ownClock, uncertified), outcomes, ownClock);
  const quotas = new Quotas({ ...limit, tenants: [] });
  const room = new KeyRoom(dataSource, quotas);
  const maker = objectMakerOn(database, custody(), lease);
  const versions = new VersionMaker(partition, custody(), maker, platformKeys(), room);
  const keys = new KeyStore(dataSource);
  const creator = new CreateKey(dataSource, custody(), makings, versions, room);
  return {
    creator,
    importer: new ImportKey(custody(), platformKeys(), creator, keys, quotas),
    rotator: new RotateKey(dataSource, custody(), keys, makings, versions),
  };
};

const stranger = { roles: ['user' as const] };
const stale = { ifMatch: 9 };
const as = (over: Partial<Context> = {}): Context => ({ ...contextOf(tenantId), ...over });

const edit = (over: Partial<Context> = {}, clock = ownClock, request: object = { label: 'new' }) =>
  new EditKey(actionsBy(clock), custody()).edit(as(over), { id: keyId, ...request });
const grant = (over: Partial<Context> = {}) =>
  new ChangeGrants(database.dataSource, actionsBy()).put(as(over), {
    id: keyId,
    grants: [{ kind: 'subject', grantee: 'tester', rights: ['manage', 'use:sign'] }],
  });
const name = (over: Partial<Context> = {}) =>
  new KeyAliases(database.dataSource, actionsBy(), new CursorSeal('c'.repeat(32))).put(as(over), { name: 'n', keyId });
const schedule = (over: Partial<Context> = {}, clock = ownClock) =>
  new RotationPolicies(database.dataSource, actionsBy(clock), custody(), clock, uncertified).put(as(over), {
    id: keyId,
    interval: 'P30D',
  });
const destroy = (over: Partial<Context> = {}, minimumDays = 0) =>
  new ChangeState(actionsBy(), custody()).change(
    as(over),
    { verb: 'schedule-destroy', id: keyId },
    new Destruction(30, minimumDays),
  );
const become = (state: string) => sql('UPDATE key_version SET state = $2 WHERE key_id = $1', keyId, state);
const mayManage = () =>
  sql(
    `INSERT INTO key_grant (tenant_id, key_id, kind, grantee, rights, granted_by)
     VALUES ($1, $2, 'subject', 'tester', '{manage}', 'x')`,
    tenantId,
    keyId,
  );

type Refused = readonly [what: string, ask: () => Promise<unknown>, code: ErrorCode, before?: () => Promise<unknown>];
const named = ([what, ask, code, before]: Refused) => ({ what, ask, code, before });

describe('a refused change', () => {
  const rights = [
    ['a label', edit],
    ['grants', grant],
    ['an alias', name],
    ['a rotation policy', schedule],
    ['a destruction', destroy],
  ] as const;
  const changes: readonly Refused[] = [
    ...rights.map(([what, ask]): Refused => [`${what} without the right`, () => ask(stranger), 'key-access-denied']),
    ...rights.map(([what, ask]): Refused => [`${what} of another revision`, () => ask(stale), 'precondition-failed']),
    ['a label while the clocks differ', () => edit({}, skewed), 'clock-skew'],
    ['a rotation policy while the clocks differ', () => schedule({}, skewed), 'clock-skew'],
    [
      'metadata without a required label',
      () => edit({}, ownClock, { metadata: {} }),
      'policy-refused',
      async () => {
        await enforce({ requiredLabels: ['owner'] });
        await sql(`UPDATE key SET metadata = '{"owner":"x"}' WHERE id = $1`, keyId);
      },
    ],
    ['rights for oneself', () => grant(stranger), 'key-access-denied', mayManage],
    ['an alias of a destroyed key', () => name(), 'key-state', () => become('DESTROYED')],
    ['a rotation policy of a key on its way out', () => schedule(), 'key-state', () => become('DESTROY_SCHEDULED')],
    [
      'a rotation policy that the policy does not allow',
      () => schedule(),
      'policy-refused',
      () => enforce({ allowedAlgorithms: ['AES-256'] }),
    ],
    ['a destruction by one person', () => destroy(), 'approval-required', () => enforce({ dualControl: ['destroy'] })],
    ['a destruction that is too early', () => destroy({}, 60), 'request-invalid'],
  ];

  it.each(changes.map(named))('asks for no seal: $what', async ({ ask, code, before }) => {
    await before?.();
    expect(await codeOf(ask())).toBe(code);
    expect(database.seals.asked).toEqual([]);
  });

  it.each(rights)('asks for some when it is allowed: %s', async (_, ask) => {
    await ask();
    expect(database.seals.asked).not.toEqual([]);
  });
});

/** Puts keys on record until the tenant has reached its limit. */
const fillKeys = async () => {
  for (let n = 1; n < limit.keys; n++) await insertKey(database.superuser, tenantId, randomUUID());
};
const takeKid = () =>
  sql(
    'INSERT INTO former_kid (tenant_id, kid, key_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    tenantId,
    'k',
    keyId,
  );
const changePolicy = () => sql('UPDATE tenant_policy SET revision = revision + 1 WHERE tenant_id = $1', tenantId);
const changeKeys = () => sql('UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1', tenantId);
const newKek = () =>
  sql(
    `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
     SELECT $1, 'kek', coalesce(max(generation), 0) + 1, 'default', 't', 's', $2 FROM platform_key
     WHERE tenant_id = $1 AND kind = 'kek'`,
    tenantId,
    randomBytes(16),
  );
/** The tenant's keys that wrap others are there. */
const provide = async () => {
  await platformKeys().provision(as());
  await platformKeys().wrapping(as(), randomUUID(), 1);
};
const beWrapped = async () => {
  await provide();
  await sql(
    `UPDATE key_version SET custody = 'wrapped', wrapped_blob = '', wrapped_mac = sha256(''), kek_generation = 1 WHERE tenant_id = $1`,
    tenantId,
  );
};
const dueNow = () =>
  sql(
    `INSERT INTO rotation_policy (tenant_id, key_id, interval, interval_seconds, next_at, set_by)
     VALUES ($1, $2, 'PT1S', 1, now() - interval '1 day', 'x')`,
    tenantId,
    keyId,
  );

const wanted = { algorithm: 'EC-P256', purpose: 'sign', label: 'x', purgeProtection: false } as const;
const create = (more: object = {}, source?: KeySource) => makers().creator.create(as(), { ...wanted, ...more }, source);
const withKid: KeySource = {
  operation: 'key.import',
  details: {},
  formerKids: ['k', 'j'],
  prepare: async () => ({ make: () => token.generate() as never }),
};
const importUnderKey = () =>
  makers().importer.import(as(), {
    ...wanted,
    method: 'aes-kwp',
    wrappingKeyId: keyId,
    wrappedKey: Buffer.alloc(144).toString('base64url'),
  });
const rotate = (over: object = {}) => makers().rotator.rotate(as(), { id: keyId, trigger: 'request', ...over });
const rotateDue = async () => {
  const due = await new DueRotations(database.dataSource, partition, database.outbox).list();
  return rotate({ trigger: 'schedule', turn: due.find((one) => one.keyId === keyId)?.turn });
};

describe('a key that is made in vain', () => {
  interface Vain {
    readonly what: string;
    readonly ask: () => Promise<unknown>;
    readonly code: ErrorCode;
    /** Happens while the token makes the object. */
    readonly meanwhile: () => Promise<unknown>;
    readonly before?: () => Promise<unknown>;
  }
  const vain: readonly Vain[] = [
    { what: 'the last key is made by another', ask: create, code: 'quota-exceeded', meanwhile: fillKeys },
    { what: 'its former kid is taken', ask: () => create({}, withKid), code: 'former-kid-taken', meanwhile: takeKid },
    { what: 'the policy changes', ask: create, code: 'decision-outdated', meanwhile: changePolicy },
    {
      what: 'the KEK is rotated',
      ask: () => create({ custody: 'wrapped' }),
      code: 'decision-outdated',
      meanwhile: newKek,
      before: provide,
    },
    {
      what: 'its wrapping key changes',
      ask: importUnderKey,
      code: 'decision-outdated',
      meanwhile: changeKeys,
      before: () =>
        sql(`UPDATE key SET algorithm = 'AES-256', purpose = 'wrap', algs = '{AES-KWP}' WHERE id = $1`, keyId),
    },
    { what: 'the rotated key changes', ask: rotate, code: 'decision-outdated', meanwhile: changeKeys },
    { what: 'the policy changes in a rotation', ask: rotate, code: 'decision-outdated', meanwhile: changePolicy },
    {
      what: 'the KEK is rotated in a rotation',
      ask: rotate,
      code: 'decision-outdated',
      meanwhile: newKek,
      before: beWrapped,
    },
    {
      what: 'the KEK is rotated in a scheduled rotation',
      ask: rotateDue,
      code: 'decision-outdated',
      meanwhile: newKek,
      before: async () => {
        await beWrapped();
        await dueNow();
      },
    },
  ];

  it.each(vain)('is sealed nowhere but in its intent: $what', async ({ ask, code, meanwhile, before }) => {
    await before?.();
    database.seals.asked.splice(0);
    token.meanwhile = meanwhile;
    expect(await codeOf(ask())).toBe(code);
    expect(new Set(database.seals.asked)).toEqual(new Set(['intent']));
  });

  it('is sealed nowhere but in its intent: a KEK that another worker has made', async () => {
    await provide();
    database.seals.asked.splice(0);
    token.meanwhile = newKek;
    const rotator = new RotateKek(database.dataSource, platformKeys(), actionsBy(), partition);
    expect(await rotator.rotate(as())).toMatchObject({ generation: 2 });
    expect(new Set(database.seals.asked)).toEqual(new Set(['intent']));
  });

  const other = randomUUID();
  it.each([
    ['the kid of a version of another key', () => [`${keyId}.1`]],
    ['a kid that a later version of another key will have', () => ['free', `${keyId}.7`]],
  ])('is not made under %s, which finds that key', async (_, kids) => {
    expect(await codeOf(create({}, { ...withKid, formerKids: kids() }))).toBe('former-kid-taken');
    expect(await codeOf(rotate({ formerKids: kids() }))).toBe('former-kid-taken');
    expect(database.seals.asked.filter((table) => table !== 'intent')).toEqual([]);
  });

  it('is made under the kid of a key that the tenant does not have', async () => {
    const made = await create({}, { ...withKid, formerKids: [`${other}.1`] });
    expect(made).toMatchObject({ key: { formerKids: [`${other}.1`] } });
  });

  it('is sealed nowhere but in its intent: one of two with the same former kids at the same time', async () => {
    const made = await Promise.allSettled([create({}, withKid), create({}, withKid)]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'former-kid-taken' } });
    const sealed = database.seals.asked.filter((table) => table !== 'intent');
    expect(sealed.toSorted()).toEqual(['former_kid', 'former_kid', 'key', 'key_version']);
  });

  it('is sealed with everything that it changes if nothing has happened', async () => {
    await dueNow();
    await create({}, withKid);
    await rotateDue();
    const all = ['intent', 'key', 'key_version', 'former_kid', 'rotation_policy'];
    expect(new Set(database.seals.asked)).toEqual(new Set(all));
  });
});
