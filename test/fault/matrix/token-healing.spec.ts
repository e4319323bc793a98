import { setTimeout as delay } from 'node:timers/promises';
import { errors, isErrorCode } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newTenant } from '../../e2e/harness/tenant.js';
import { eventually } from '../../e2e/harness/wait.js';
import { type FaultRig, startFaultRig } from './fault-rig.js';
import { isReady, unreadyOf } from './readiness.js';
import { comeBack, type TokenFault, tokenFaults } from './token-fault.js';
import { type TokenUse, tokenUses, useNames } from './token-use.js';

const form = process.env['ANKASECURE_FAULTS'] ?? 'short';
const rows = tokenFaults.filter(({ short }) => short || form !== 'short');

/** The limits of the table hold on an idle machine. Tests share theirs with others. */
const slack = 4;
const patienceMs = 90_000;
/** Between two requests of a client, in milliseconds, and clients of each use. */
const pauseMs = 20;
const clients = 2;
const bothWorkers = ['crypto-worker-1', 'crypto-worker-2'] as const;

interface Answer {
  readonly use: string;
  readonly outcome: string;
  /** When it was asked and when it was answered, in seconds after the token answers again. */
  asked: number;
  at: number;
}

/** Clients that ask for everything, until they are told to stop. */
const startLoad = (uses: readonly TokenUse[]) => {
  const answers: Answer[] = [];
  let going = true;
  const loop = async ({ name, ask }: TokenUse): Promise<void> => {
    while (going) {
      const asked = performance.now() / 1000;
      const outcome = await ask();
      answers.push({ use: name, outcome, asked, at: performance.now() / 1000 });
      await delay(pauseMs);
    }
  };
  // A creation retries with the key of its last attempt, so there is one client of it.
  const crowd = uses.flatMap((use) => Array.from({ length: use.name === 'create' ? 1 : clients }, () => use));
  const loops = Promise.all(crowd.map(loop));
  const stop = async (): Promise<readonly Answer[]> => {
    going = false;
    await loops;
    return answers;
  };
  /** When every use has been answered well since `since`. */
  const well = async (since: number, withinMs: number): Promise<void> => {
    await eventually(
      'every use is answered',
      () =>
        uses.every(({ name }) =>
          answers.some(({ use, outcome, at }) => use === name && outcome === 'ok' && at > since),
        ),
      withinMs,
    );
  };
  return { stop, well };
};

const isRetryable = (outcome: string): boolean => isErrorCode(outcome) && errors[outcome].retryable;

const inSeconds = (): number => performance.now() / 1000;

/** The longest time without a good answer. */
const longestGap = (answers: readonly Answer[]): number => {
  const times = answers.filter(({ outcome }) => outcome === 'ok').map(({ at }) => at);
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
};

let rig: FaultRig;
let uses: readonly TokenUse[];
beforeAll(async () => {
  rig = await startFaultRig();
  uses = await tokenUses(await newTenant(rig));
  expect(uses.map(({ name }) => name)).toEqual([...useNames]);
});
afterAll(() => rig.stop(), 120_000);

/** Runs one fault under load. @returns the answers, and how long each use took to be answered again */
const suffer = async (row: TokenFault) => {
  await eventually('a stack that is well', () => isReady(rig), patienceMs);
  const [pids, logins] = [rig.stack.pids(), rig.token.calls('C_Login')];
  const load = startLoad(uses);
  await load.well(inSeconds(), patienceMs);
  row.strike(rig.token);
  if (row.unready)
    await eventually(
      'workers that say so',
      async () => {
        const unready = await unreadyOf(rig);
        return bothWorkers.every((worker) => unready[worker] === row.unready);
      },
      10_000 * slack,
    );
  await delay(row.awayFor * 1000);
  comeBack(rig.token, row);
  const back = inSeconds();
  await load.well(back, row.healedIn * slack * 1000);
  await eventually('workers that are ready', () => isReady(rig), row.healedIn * slack * 1000);
  await delay(1000);
  const answers = (await load.stop()).map((one) => ({ ...one, asked: one.asked - back, at: one.at - back }));
  return {
    answers,
    isSame: JSON.stringify(pids) === JSON.stringify(rig.stack.pids()),
    logins: rig.token.calls('C_Login') - logins,
  };
};

describe.each(rows.map((row) => [row.name, row] as const))('the token after a %s', (name, row) => {
  let suffered: Awaited<ReturnType<typeof suffer>>;
  beforeAll(async () => {
    suffered = await suffer(row);
  }, 6 * patienceMs);

  it.each(useNames)('%s', (use) => {
    const answers = suffered.answers.filter((one) => one.use === use);
    const failed = answers.filter(({ outcome }) => outcome !== 'ok');
    const again = Math.min(...answers.filter(({ outcome, at }) => outcome === 'ok' && at > 0).map(({ at }) => at));
    console.info(
      `${name}, ${use}: ${failed.length} of ${answers.length} failed, longest gap ${longestGap(answers).toFixed(1)} s, answered again after ${again.toFixed(1)} s`,
    );
    expect(answers.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    expect(failed.filter(({ outcome }) => !isRetryable(outcome))).toEqual([]);
    expect(again).toBeLessThan(row.healedIn * slack);
    // What was asked after that is answered well.
    expect(failed.filter(({ asked }) => asked > row.healedIn * slack)).toEqual([]);
  });

  it('everything that was answered is right, and no key exists twice', async () => {
    const wrong: string[] = [];
    for (const { check } of uses) wrong.push(...((await check?.()) ?? []));
    expect(wrong).toEqual([]);
  });

  it('needs no process to be restarted', () => {
    expect(suffered.isSame).toBe(true);
  });
});

describe('a PIN that the token refuses after a login loss', () => {
  it('is tried once by each worker, which says that it is not ready', async () => {
    await eventually('a stack that is well', () => isReady(rig), patienceMs);
    const before = rig.token.calls('C_Login');
    const load = startLoad(uses);
    await load.well(inSeconds(), patienceMs);
    rig.token.inject({ C_Login: '0xa0' });
    rig.token.happen('log-out');
    await eventually(
      'workers that say so',
      async () => Object.values(await unreadyOf(rig)).filter((failing) => failing === 'hsm').length === 2,
    );
    await delay(3000);
    const answers = await load.stop();
    expect(answers.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    expect(rig.token.calls('C_Login') - before).toBeLessThanOrEqual(2);
  });
});
