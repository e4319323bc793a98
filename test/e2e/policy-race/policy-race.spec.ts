import type { EncryptResult } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Replacement, startPostgresAgain } from '../harness/restart.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { committedPolicies, committedStates, committedSuccesses, observe, type PolicyChange } from './observation.js';
import { committedViolations, type RacePlan, runRace, seenViolations } from './race.js';

const toggles = 30;

/** commit_outcomes without the fence: every outcome is written, and its result is released. */
const withoutFence = `
  CREATE OR REPLACE FUNCTION commit_outcomes(
    tenants uuid[], policies integer[], keys uuid[], versions integer[], revisions integer[], since float8[], until float8[],
    bundles integer[], counts integer[], batches text[], fallback_counts integer[], fallbacks text[], operations text[],
    uses integer[], use_slot smallint, places integer[],
    OUT written integer[], OUT outdated integer[], OUT at float8
  ) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    INSERT INTO outbox (event_count, events) SELECT c, '[' || b || ']' FROM unnest(counts, batches) AS g (c, b);
    written := ARRAY(SELECT generate_series(1, cardinality(counts)));
    outdated := '{}';
    at := extract(epoch FROM clock_timestamp()) * 1000;
  END $$`;

let rig: OwnRig;
let postgres: Replacement;
let tenant: Tenant;
beforeAll(async () => {
  rig = await startOwnRig();
  await rig.stack.postgres.stop();
  postgres = await startPostgresAgain(rig, { track_commit_timestamp: 'on' });
  await observe(rig);
});
afterAll(async () => {
  await rig.stop();
  await postgres.stop();
});
beforeEach(async () => {
  tenant = await newTenant(rig);
});

/** Two alternating policies. */
const ofPolicies = (
  allowing: PolicyChange,
  refusing: PolicyChange,
  allows: (policy: PolicyChange) => boolean,
): Pick<RacePlan, 'refusal' | 'refuse' | 'allow' | 'changes'> => {
  const { id, changePolicy } = tenant;
  return {
    refusal: 403,
    refuse: () => changePolicy(refusing),
    allow: () => changePolicy(allowing),
    changes: () => committedPolicies(rig, id, allows),
  };
};

const contests = {
  'an algorithm that is taken away': async (): Promise<RacePlan> => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    return {
      operation: 'sign',
      body: { keyId: id, payload: 'AAAA' },
      ...ofPolicies(
        { allowedAlgorithms: ['EC-P256', 'EC-P384'], fipsOnly: false },
        { allowedAlgorithms: ['EC-P384'], fipsOnly: false },
        ({ allowedAlgorithms }) => allowedAlgorithms.includes('EC-P256'),
      ),
    };
  },
  'FIPS-only, with what this token does outside its boundary': async (): Promise<RacePlan> => {
    const { id } = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
    return {
      operation: 'decrypt',
      body: { jwe },
      ...ofPolicies(
        { allowedAlgorithms: ['RSA-2048'], fipsOnly: false },
        { allowedAlgorithms: ['RSA-2048'], fipsOnly: true },
        ({ fipsOnly }) => !fipsOnly,
      ),
    };
  },
  'a key that is suspended': async (): Promise<RacePlan> => {
    const { admin } = tenant;
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    return {
      operation: 'sign',
      body: { keyId: id, payload: 'AAAA' },
      refusal: 409,
      refuse: () => admin.post(`/keys/${id}/suspend`, {}),
      allow: () => admin.post(`/keys/${id}/resume`, {}),
      changes: () => committedStates(rig, id),
    };
  },
};

describe(`a change that was answered 200 is in force everywhere: ${toggles} changes there and back under load`, () => {
  it.each(Object.entries(contests))('%s', async (_, prepare) => {
    const contest = await prepare();
    const race = await runRace(tenant, contest, toggles);
    const statuses = new Set(race.seen.map(({ status }) => status));
    expect(statuses.has(200) && statuses.has(contest.refusal), [...statuses].join()).toBe(true);
    expect(seenViolations(race)).toEqual([]);
    expect(await committedViolations(rig, tenant, contest)).toEqual([]);

    // Checks that the observation is complete: every change and every released result is among the database's commits.
    const changes = await contest.changes();
    expect(changes.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 2 * toggles + 1 }, (_change, index) => index + 1),
    );
    const successes = await committedSuccesses(rig, tenant.id, contest.operation);
    const committed = new Set(successes.map(({ correlationId }) => correlationId));
    const released = race.seen.filter(({ status }) => status === 200);
    expect(released.filter(({ correlationId }) => !committed.has(correlationId))).toEqual([]);
    await eventually('all of it sealed', async () => {
      const events = await eventsOf(tenant.admin, { operation: contest.operation, outcome: 'success' });
      return events.length === successes.length;
    });
  });
});

describe('without the fence', () => {
  /** Workers tell each other of their changes, and not of what the database's owner changes. */
  const untold = (id: string) => (state: string) =>
    rig.query(
      'ankadb_keys',
      `UPDATE key_version SET state = '${state}', revision = revision + 1 WHERE key_id = '${id}'`,
    );

  it('it would not be, and these observations detect it', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const put = untold(id);
    const contest: RacePlan = {
      ...(await contests['a key that is suspended']()),
      body: { keyId: id, payload: 'AAAA' },
      refuse: () => put('SUSPENDED'),
      allow: () => put('ACTIVE'),
      changes: () => committedStates(rig, id),
    };
    const [row] = await rig.query(
      'ankadb_keys',
      `SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname = 'commit_outcomes' AND prosecdef`,
    );
    await rig.query('ankadb_keys', withoutFence);
    try {
      const race = await runRace(tenant, contest, 4);
      expect(seenViolations(race).length).toBeGreaterThan(0);
      expect((await committedViolations(rig, tenant, contest)).length).toBeGreaterThan(0);
    } finally {
      await rig.query('ankadb_keys', String(row?.['definition']));
    }
  });
});
