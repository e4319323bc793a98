import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformTenantId } from '@ankasecure/contracts';
import { issuer } from '@ankasecure/local';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newApplication } from '../e2e/harness/application.js';
import { clientOf, outcomeOf } from '../e2e/harness/client.js';
import { valueOf } from '../e2e/harness/metric.js';
import { type Database, databases, type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { verification } from '../e2e/harness/trail.js';
import { eventually } from '../e2e/harness/wait.js';
import { nothingLeft } from '../fault/collect-history.js';
import { loadKeys, startLoad } from '../fault/load.js';
import { operate } from './backup-recipe.js';

/** The keys of the tenant under drill. All but `late` exist in the older backup. */
interface Keys {
  readonly compromised: string;
  readonly destroyed: string;
  readonly rotated: string;
  readonly untouched: string;
  readonly late: string;
}

/** The outcome of a call: `ok`, or the code of its problem. */
type Answer = string;

let rig: OwnRig;
let directory: string;
let tenant: Tenant;
let quiet: Tenant;
let quietKey: string;
/** A tenant that was made after the older backup, and its key. */
let since: Tenant;
let sinceKey: string;
let keys: Keys;
/** The account whose roles were taken since, and the exclusion that was made since. */
let accountId: string;
let exclusionId: string;

const older = () => join(directory, 'older');
const newest = () => join(directory, 'newest');
const token = () => rig.mint({ tenantId: platformTenantId, subject: 'operator', roles: ['platform-admin', 'auditor'] });
const command = async (commands: string): Promise<string> => operate(rig, await token(), commands);
const sign = async (keyId: string, by: Tenant = tenant): Promise<Answer> =>
  outcomeOf(await by.admin.send('POST', '/sign', { body: { keyId, payload: 'AAAA' } }));
const weak = () => tenant.admin.send('POST', '/keys', { body: { algorithm: 'RSA-2048', label: 'against the policy' } });
const services = () => rig.stack.names();
const stopAll = async (): Promise<void> => {
  for (const name of services()) await rig.stack.kill(name, 'SIGTERM');
};
const startAll = async (): Promise<void> => {
  await Promise.all(services().map((name) => rig.stack.restart(name)));
};

const mallory = async () =>
  clientOf(rig.baseUrl, await rig.mint({ tenantId: tenant.id, subject: 'mallory', roles: ['auditor'] }));
const account = () => tenant.admin.send('GET', `/service-accounts/${accountId}`);

/** Makes every call of the drill. @returns its answer by the key or part that it uses */
const answers = async () => ({
  compromised: await sign(keys.compromised),
  destroyed: await sign(keys.destroyed),
  rotated: await sign(keys.rotated),
  untouched: await sign(keys.untouched),
  late: await sign(keys.late),
  policy: outcomeOf(await weak()),
  account: outcomeOf(await account()),
  mallory: outcomeOf(await (await mallory()).send('GET', '/keys')),
  'another tenant': await sign(quietKey, quiet),
});

/** Everything as it was before any restore. */
const asBefore = {
  compromised: 'key-state',
  destroyed: 'key-state',
  rotated: 'ok',
  untouched: 'ok',
  late: 'ok',
  policy: 'policy-refused',
  account: 'ok',
  mallory: 'authentication-required',
  'another tenant': 'ok',
};

/** Takes the account's roles, and shuts somebody out. */
const changeIdentities = async (): Promise<void> => {
  const { headers, body } = await account();
  const { name, keys: own, groups } = body as { name: string; keys: object[]; groups: string[] };
  const put = {
    body: { name, keys: own, groups, certificates: [], roles: ['auditor'] },
    headers: { 'if-match': headers.get('etag') ?? '' },
  };
  expect((await tenant.admin.send('PUT', `/service-accounts/${accountId}`, put)).status).toBe(200);
  exclusionId = (await tenant.admin.post<{ id: string }>('/exclusions', { issuer, subject: 'mallory' })).id;
};

const change = async (): Promise<void> => {
  await tenant.admin.post(`/keys/${keys.compromised}/compromise`, {});
  await tenant.admin.post(`/keys/${keys.destroyed}/schedule-destroy`, { waitingDays: 30 });
  await tenant.admin.post(`/keys/${keys.rotated}/rotate`, {});
  const { allowedAlgorithms = [] } = await tenant.policy();
  await tenant.changePolicy({ allowedAlgorithms: allowedAlgorithms.filter((name) => name !== 'RSA-2048') });
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anka-drill-'));
  rig = await startOwnRig({
    services: {
      'crypto-worker': { configuration: { lifecycle: { minimumWaitingDays: 0 } } },
      gateway: { configuration: { identity: { repairers: [{ issuer, subject: 'operator' }] } } },
    },
  });
  [tenant, quiet] = [await newTenant(rig), await newTenant(rig)];
  const make = async (of: Tenant = tenant) => (await of.createKey({ algorithm: 'EC-P256' })).id;
  quietKey = await make(quiet);
  const loaded = await newTenant(rig);
  accountId = (await newApplication(rig, tenant, ['user', 'auditor'])).id;
  const load = startLoad(loaded, await loadKeys(loaded));
  keys = {
    compromised: await make(),
    destroyed: await make(),
    rotated: await make(),
    untouched: await make(),
    late: '',
  };
  for (const id of Object.values({ ...keys })) if (id !== '') expect(await sign(id)).toBe('ok');
  await eventually('a load', () => load.released() > 20);
  await command(`back_up_all ${older()}`);
  await load.stop();
  await nothingLeft(rig);
  await change();
  await changeIdentities();
  keys = { ...keys, late: await make() };
  since = await newTenant(rig);
  sinceKey = await make(since);
  expect(await sign(sinceKey, since)).toBe('ok');
  await nothingLeft(rig);
  expect(await answers()).toEqual(asBefore);
  await nothingLeft(rig);
  await stopAll();
  await command(`back_up_all ${newest()}`);
  await cp(join(rig.dataDirectory, 'softhsm'), join(directory, 'token'), { recursive: true });
  await startAll();
});
afterAll(async () => {
  await rig.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Puts all databases and the token back as they were before the drill's cases. */
const putBack = async (): Promise<void> => {
  await stopAll();
  for (const database of databases) await command(`restore ${database} ${newest()}`);
  await rm(join(rig.dataDirectory, 'softhsm'), { recursive: true });
  await cp(join(directory, 'token'), join(rig.dataDirectory, 'softhsm'), { recursive: true });
  await startAll();
  await eventually('everything as before', async () => {
    expect(await answers()).toEqual(asBefore);
    return true as const;
  });
};

// Also after a case that failed, so that the next one begins with everything.
afterEach(putBack, 240_000);

const restore = async (...of: readonly Database[]): Promise<void> => {
  for (const database of of) await command(`restore ${database} ${older()}`);
};

/** Both ways to restore: under running services, and while they are stopped. */
const ways = [
  ['running', (work: () => Promise<void>) => work()],
  [
    'stopped',
    async (work: () => Promise<void>) => {
      await stopAll();
      await work();
      await startAll();
    },
  ],
] as const;

const isBehind = async (): Promise<boolean> =>
  (await valueOf(rig.observability['audit'] ?? '', 'ankasecure_trail_behind')) === 1;

/** The status of a readiness answer, and the databases that it names as older than the trail. */
const behind = async (service: string) => {
  const reply = await fetch(`${rig.observability[service] ?? ''}/readyz`);
  return [reply.status, ((await reply.json()) as { behind?: object }).behind];
};

/** The sealed events of one of the operator's commands. */
const onRecord = async (of: string, operation: string) =>
  (await rig.query(
    'ankadb_audit',
    `SELECT user_id AS by, outcome, details::jsonb AS details FROM sealed_event WHERE tenant_id = $1 AND operation = $2 ORDER BY sealed_event.seq`,
    [of, operation],
  )) as unknown as { by: string; outcome: string; details: Record<string, string> }[];

it('a restored ankadb_audit gets the partitions of months that are over', async () => {
  const old = randomUUID();
  await stopAll();
  await rig.query('ankadb_audit', `SELECT make_month_partition('2024-02-10')`);
  await rig.query(
    'ankadb_audit',
    `INSERT INTO sealed_event SELECT r.* FROM sealed_event e, jsonb_populate_record(e,
       jsonb_build_object('tenant_id', $2::text, 'sealed_at', '2024-02-29T23:59:59.5Z'::timestamptz)) r
     WHERE e.tenant_id = $1 AND e.seq <= 3`,
    [tenant.id, old],
  );
  await command(`back_up ankadb_audit ${join(directory, 'old')}`);
  for (let bucket = 0; bucket < 8; bucket++)
    await rig.query('ankadb_audit', `DROP TABLE sealed_event_${bucket}_2024_02`);
  await command(`restore ankadb_audit ${join(directory, 'old')}`);
  expect(await rig.query('ankadb_audit', 'SELECT count(*)::int FROM sealed_event WHERE tenant_id = $1', [old])).toEqual(
    [{ count: 3 }],
  );
  const made = `SELECT count(*)::int FROM pg_class WHERE relname ~ '^sealed_event_[0-7]_2024_02$' AND relrowsecurity`;
  expect(await rig.query('ankadb_audit', made)).toEqual([{ count: 8 }]);
});

describe.each(ways)('restored under %s services:', (way, doing) => {
  it('ankadb_keys alone is refused where it is older, and brought up to date from the trail', async () => {
    await doing(() => restore('ankadb_keys'));
    const refused = {
      compromised: 'record-outdated',
      destroyed: 'record-outdated',
      rotated: 'record-outdated',
      late: 'record-outdated',
      policy: 'record-outdated',
      'another tenant': 'ok',
    };
    await eventually('refusing what is older', async () => {
      expect(await answers()).toMatchObject(refused);
      return true as const;
    });
    const foreseen = await command(`anka POST '/tenants/${tenant.id}/restore?dryRun=true' '{}'`);
    expect(foreseen).toContain('"dryRun":true,"operation":"record.restore","succeeds":true');
    expect(await answers()).toMatchObject(refused);
    expect(await sign(sinceKey, since)).toBe('record-outdated');
    const back = '"kind":"platform_key","id":"audit-mac/1","outcome":"reapplied"';
    const foreseenSince = await command(`anka POST '/tenants/${since.id}/restore?dryRun=true' '{}'`);
    expect(foreseenSince).toContain('"succeeds":true');
    expect(foreseenSince).toContain(back);
    expect(await sign(sinceKey, since)).toBe('record-outdated');
    const told = await command('restore_tenants');
    expect(told).toContain(/"counts":\{[^}]*\}/.exec(foreseen)?.[0]);
    expect(told).toContain(
      `"kind":"key_version","id":"${keys.compromised}/1","outcome":"reapplied","state":"COMPROMISED"`,
    );
    expect(told).toContain(`"kind":"key_version","id":"${keys.rotated}/2","outcome":"lost"`);
    expect(told).toContain(`"kind":"key","id":"${keys.late}","outcome":"lost"`);
    expect(told).toContain(/"counts":\{[^}]*\}/.exec(foreseenSince)?.[0]);
    expect(told).toContain(back);
    expect(told).toContain(`"kind":"key","id":"${sinceKey}","outcome":"lost"`);
    await eventually('every worker up to date', async () => {
      expect(await answers()).toEqual({
        compromised: 'key-state',
        destroyed: 'key-state',
        rotated: 'key-state',
        untouched: 'ok',
        late: 'key-not-found',
        policy: 'policy-refused',
        account: 'ok',
        mallory: 'authentication-required',
        'another tenant': 'ok',
      });
      return true as const;
    });
    await eventually('a lost key', async () => (await sign(sinceKey, since)) === 'key-not-found');
    // Another worker may have taken these calls, and compares its own copies.
    await eventually('a new key of the recovered tenant', async () => {
      const body = { algorithm: 'EC-P256', label: 'again' };
      const made = await since.admin.send<{ id: string }>('POST', '/keys', { body });
      return made.status === 201 && (await sign(made.body.id, since)) === 'ok';
    });
    expect(await command('restore_tenants')).not.toContain('"outcome"');
    await nothingLeft(rig);
    for (const kind of ['audit-mac', 'kek'])
      expect(await onRecord(since.id, `${kind}.recover`)).toMatchObject([{ by: 'operator', outcome: 'success' }]);
    expect(await verification(since.admin)).toMatchObject({ valid: true });
    expect(await onRecord(tenant.id, 'dry-run.record.restore')).toMatchObject([{ by: 'operator', outcome: 'success' }]);
    expect(await onRecord(tenant.id, 'record.restore')).toMatchObject([{ by: 'operator', outcome: 'success' }]);
    expect(await verification(tenant.admin)).toMatchObject({ valid: true });
  });

  it('ankadb_policy alone is refused where it is older, and takes over the policy that the workers enforce', async () => {
    const { version } = await tenant.policy();
    await doing(() => restore('ankadb_policy'));
    // The service compares once a minute.
    await eventually('refusing what is older, and saying so', async () => {
      expect(await answers()).toEqual(asBefore);
      expect(outcomeOf(await tenant.admin.send('GET', '/policy'))).toBe('record-outdated');
      expect(outcomeOf(await quiet.admin.send('GET', '/policy'))).toBe('ok');
      expect(await behind('policy')).toEqual([200, { ankadb_policy: 2 }]);
      return true as const;
    });
    expect(await valueOf(rig.observability['policy'] ?? '', 'ankasecure_records_behind_tenants')).toBe(2);
    const told = await command('restore_tenants');
    expect(told).toContain(`"kind":"policy_version","id":"${version}","outcome":"lost"`);
    expect(await tenant.policy()).toMatchObject({ version });
    expect(await answers()).toEqual(asBefore);
    expect(await sign(sinceKey, since)).toBe('ok');
    expect(outcomeOf(await since.admin.send('GET', '/policy'))).not.toBe('ok');
    // Also what the tenant that the policy service does not know has done is sealed.
    await nothingLeft(rig);
    expect(await command('restore_tenants')).not.toContain('"outcome"');
    await eventually('nothing behind but the tenant that the backup lacks', async () => {
      expect(await behind('policy')).toEqual([200, { ankadb_policy: 1 }]);
      return true as const;
    });
    await tenant.changePolicy({ fipsOnly: false });
  });

  it('ankadb_gateway alone is refused where it is older, and loses the identities that have changed since', async () => {
    await doing(() => restore('ankadb_gateway'));
    await eventually('refusing the tenant', async () => {
      expect(await answers()).toMatchObject({ untouched: 'record-outdated', 'another tenant': 'ok' });
      return true as const;
    });
    const told = await command('restore_tenants');
    expect(told).toContain(`"kind":"service_account","id":"${accountId}","outcome":"removed"`);
    expect(told).toContain(`"kind":"excluded_subject","id":"${exclusionId}","outcome":"kept"`);
    await eventually('the gateway up to date', async () => {
      expect(await answers()).toEqual({ ...asBefore, account: 'service-account-not-found' });
      return true as const;
    });
    expect(await tenant.admin.get(`/exclusions/${exclusionId}`)).toMatchObject({ subject: null, kept: 'trail' });
    expect((await tenant.admin.send('DELETE', `/exclusions/${exclusionId}`)).status).toBe(200);
    await eventually('a subject readmitted', async () => (await answers()).mallory === 'ok');
    expect(await command('restore_tenants')).not.toContain('"outcome"');
    await nothingLeft(rig);
    expect(await verification(tenant.admin)).toMatchObject({ valid: true });
  });

  it('ankadb_audit alone is refused until an operator accepts it, on record', async () => {
    // Each worker takes some of these calls, and has then compared what it needs.
    for (let call = 0; call < 20; call++) expect(await sign(keys.untouched)).toBe('ok');
    await doing(() => restore('ankadb_audit'));
    await eventually('refusing the trail', isBehind);
    // A worker that has just started has compared nothing yet.
    expect(await sign(keys.untouched)).toBe(way === 'running' ? 'ok' : 'audit-unavailable');
    const said = await command('accept_trails');
    expect(said).toContain('"accepted":true');
    expect(said).toContain('ankadb_audit is older than the HSM');
    expect(await command('accept_trails')).toContain('"accepted":false');
    await nothingLeft(rig);
    expect(await onRecord(platformTenantId, 'trail.accept')).toMatchObject([{ by: 'operator', outcome: 'success' }]);
    expect(await verification(tenant.admin)).toMatchObject({ valid: true });
    await eventually('the same answers', async () => {
      expect(await answers()).toEqual(asBefore);
      return true as const;
    });
  });

  it('all databases together are refused by the anchor, and forget what happened since', async () => {
    await doing(() => restore(...databases));
    await eventually('refusing the trail', isBehind);
    expect(await command('accept_trails')).toContain('"accepted":true');
    // Services that ran on remember for a minute what they wrote before.
    await eventually('restoring every tenant', () => command('restore_tenants').then(() => true as const));
    await eventually('what the backup holds', async () => {
      expect(await answers()).toEqual({
        compromised: 'ok',
        destroyed: 'ok',
        rotated: 'ok',
        untouched: 'ok',
        late: 'key-not-found',
        policy: 'ok',
        account: 'ok',
        mallory: 'ok',
        'another tenant': 'ok',
      });
      return true as const;
    });
    await nothingLeft(rig);
    expect(await onRecord(platformTenantId, 'trail.accept')).toHaveLength(1);
  });
});
