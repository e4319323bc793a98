import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { verification } from '../e2e/harness/trail.js';
import { eventually } from '../e2e/harness/wait.js';
import { checkHistory } from './check-history.js';
import { collectHistory, nothingLeft } from './collect-history.js';
import type { Request, TrailEvent } from './history.js';
import { killRepeatedly } from './killer.js';
import { type Keys, loadKeys, startLoad } from './load.js';

const kills = Number(process.env['ANKASECURE_KILLS'] ?? 50);

/** Figures for the log that show how much the test did. */
const summary = (requests: readonly Request[], trail: readonly TrailEvent[]): string => {
  const tally = (values: readonly string[]): string =>
    [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => `${length} ${value}`).join(', ');
  const answers = tally(
    requests.map(({ released, problem }) => (released === undefined ? (problem ?? 'unanswered') : 'released')),
  );
  const ends = (name: string): string =>
    tally(trail.filter(({ operation }) => operation === name).map(({ outcome }) => outcome)) || 'none';
  const made = `creations: ${ends('key.create')}; rotations: ${ends('key.rotate')}; destructions: ${ends('key.destroy')}`;
  return `${kills} kills; requests: ${answers}; ${trail.length} events; ${made}`;
};

describe(`${kills} kills of workers and sealer under load`, () => {
  let rig: OwnRig;
  let tenant: Tenant;
  let keys: Keys;
  beforeAll(async () => {
    rig = await startOwnRig();
    tenant = await newTenant(rig);
    keys = await loadKeys(tenant);
  });
  afterAll(() => rig.stop());

  it('lose nothing and duplicate nothing', { timeout: 600_000 + kills * 5000 }, async () => {
    const load = startLoad(tenant, keys);
    await killRepeatedly(rig.stack, [...rig.workers, 'audit'], kills);
    const before = load.released();
    await eventually('life after the last kill', () => load.released() > before + 20);
    const requests = await load.stop();
    await nothingLeft(rig);

    const history = await collectHistory(rig, tenant.id, requests);
    expect(checkHistory(history)).toEqual([]);
    expect(await verification(tenant.admin)).toMatchObject({ valid: true, checked: history.trail.length });
    console.info(summary(requests, history.trail));
    // Requests went on between the kills, on a busy machine too.
    expect(before).toBeGreaterThan(kills / 5);
  });
});
