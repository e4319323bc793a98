import { errors, isErrorCode } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newTenant } from '../../e2e/harness/tenant.js';
import { eventually } from '../../e2e/harness/wait.js';
import { FaultClient, type Outcome } from './client.js';
import { type FaultRig, startFaultRig } from './fault-rig.js';
import { injections } from './inject.js';
import { matrix } from './matrix.js';
import { requests } from './part.js';
import { isReady, unreadyOf } from './readiness.js';
import type { Row } from './row.js';

/** `short` runs the rows of the short form, anything else all of them. */
const form = process.env['ANKASECURE_FAULTS'] ?? 'short';
const rows = matrix.filter(({ short }) => short || form !== 'short');

/** The limits of the table hold on an idle machine. Tests share theirs with others. */
const slack = 4;
/** The longest that a client waits for one answer in a fault, in milliseconds. */
const answerMs = 15_000;
/** The longest time for everything that is not limited by the table, in milliseconds. */
const patienceMs = 90_000;

/** The outcomes that a client cannot retry, and that the row does not name: refusals, other statuses, and no answer. */
const unexpected = (outcomes: readonly Outcome[], { answers }: Row): string[] =>
  outcomes
    .filter(
      ({ request, outcome }) =>
        outcome !== 'ok' && !answers[request].includes(outcome) && !(isErrorCode(outcome) && errors[outcome].retryable),
    )
    .map(({ request, outcome, correlationId }) => `${request}: ${outcome} (${correlationId})`);

/** The requests that took longer than the row allows. */
const late = (outcomes: readonly Outcome[], { answeredIn }: Row): string[] =>
  outcomes
    .filter(({ seconds }) => seconds > answeredIn)
    .map(({ request, outcome, seconds }) => `${request}: ${outcome} after ${seconds.toFixed(1)} s`);

describe(`the ${form} fault matrix`, () => {
  let rig: FaultRig;
  let client: FaultClient;
  const well = async (): Promise<boolean> =>
    (await isReady(rig)) && Object.values(await client.askAll()).every((outcome) => outcome === 'ok');

  beforeAll(async () => {
    rig = await startFaultRig();
    client = await FaultClient.of(await newTenant(rig));
  });
  afterAll(() => rig.stop(), 120_000);
  beforeEach(() => eventually('a stack that is well', well, patienceMs), 2 * patienceMs);

  /** Waits until the row's fault shows as the row says, to probes and clients alike. */
  const shows = async ({ unready, answers, noticedIn }: Row): Promise<void> => {
    await eventually(
      'readiness as in the table',
      async () => {
        expect(await unreadyOf(rig)).toEqual(unready);
        return true;
      },
      noticedIn * slack * 1000,
    );
    await eventually('answers as in the table', () => answersAre(answers), noticedIn * slack * 1000);
    expect(await unreadyOf(rig)).toEqual(unready);
  };
  const answersAre = async (answers: Row['answers']): Promise<true> => {
    const given = await client.askAll(answerMs);
    for (const request of requests) expect(answers[request], request).toContain(given[request]);
    return true;
  };

  it('a worker that is asked to stop fails no request', { timeout: 3 * patienceMs }, async () => {
    client.start();
    await client.answered(20);
    await rig.stack.kill('crypto-worker-1', 'SIGTERM');
    await client.answered(20);
    await rig.stack.restart('crypto-worker-1');
    await client.answered(20);
    expect((await client.stop()).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });

  it.each(rows.map((row) => [`${row.part} ${row.fault}`, row] as const))(
    '%s',
    { timeout: 4 * patienceMs },
    async (_, row) => {
      const inject = injections[row.part][row.fault] ?? expect.unreachable();
      const pids = rig.stack.pids();
      client.start();
      const heal = await inject(rig);
      try {
        await shows(row);
      } finally {
        await heal();
      }
      const since = performance.now();
      await eventually('recovery', well, row.healedIn * slack * 1000);
      const seconds = (performance.now() - since) / 1000;
      console.info(`${row.part} ${row.fault}: healed after ${seconds.toFixed(1)} s`);
      const outcomes = await client.stop();
      expect([unexpected(outcomes, row), late(outcomes, row)]).toEqual([[], []]);
      if (row.fault !== 'killed') expect(rig.stack.pids()).toEqual(pids);
    },
  );
});
