import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newTenant } from '../../e2e/harness/tenant.js';
import { eventually } from '../../e2e/harness/wait.js';
import { FaultClient } from './client.js';
import { type FaultRig, startFaultRig } from './fault-rig.js';
import { injections } from './inject.js';
import { LoadClient, type Sent } from './load-client.js';
import { isReady } from './readiness.js';
import { lastsFor, perSecond, underLoad } from './under-load.js';

/** The limits of the table hold on an idle machine. Tests share theirs with others. */
const slack = 4;
const patienceMs = 90_000;

const failed = (sent: readonly Required<Sent>[]) => sent.filter(({ outcome }) => outcome.outcome !== 'ok');
const tally = (sent: readonly Required<Sent>[]) =>
  [...Map.groupBy(sent, ({ outcome }) => outcome.outcome)].map(([outcome, { length }]) => `${length} ${outcome}`);

describe(`${perSecond} requests a second`, () => {
  let rig: FaultRig;
  let client: FaultClient;
  beforeAll(async () => {
    rig = await startFaultRig();
    client = await FaultClient.of(await newTenant(rig));
  });
  afterAll(() => rig.stop(), 120_000);

  it.each(underLoad.map((row) => [`${row.part} ${row.fault}, under load`, row] as const))(
    '%s',
    { timeout: 6 * patienceMs },
    async (name, { part, fault, takenOverIn, failWith, failIn }) => {
      await eventually('a stack that is well', () => isReady(rig), patienceMs);
      const load = new LoadClient(client, perSecond);
      await load.goOnFor(3);
      const since = performance.now();
      const heal = await (injections[part][fault] ?? expect.unreachable())(rig);
      await load.goOnFor(lastsFor);
      await heal();
      await load.goOnFor(5);
      const sent = await load.stop();

      const failures = failed(sent);
      const last = Math.max(0, ...failures.map(({ at }) => (at - since) / 1_000));
      const longest = Math.max(0, ...failures.map(({ outcome }) => outcome.seconds));
      console.info(
        `${name}: ${tally(sent).join(', ')}; the last that failed was sent after ${last.toFixed(1)} s, and failed within ${longest.toFixed(1)} s`,
      );
      expect(failures.filter(({ outcome }) => !failWith.includes(outcome.outcome))).toEqual([]);
      expect([last <= takenOverIn * slack, longest <= failIn * slack]).toEqual([true, true]);
      expect(failures.length).toBeLessThan(sent.length / 4);
      // What came after it had been taken over, with the fault and without it.
      expect(sent.filter(({ at }) => at > since + lastsFor * 500).length).toBeGreaterThan(perSecond);
    },
  );
});
