import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Stack, startStack } from '@ankasecure/local';
import { createPkcs11Shim, type Pkcs11Shim, softHsmLibrary } from '@ankasecure/testing';
import { type Generator, startGenerator } from './generator/generator.js';
import type { Outcome } from './generator/job.js';
import { operations } from './operation.js';
import { openRawToken } from './raw-token.js';
import { type StagedOperation, setTheStage } from './stage.js';
import { rate } from './statistic.js';

/**
 * `npm run bench:latency -- [--micros N] [--seconds N] [--lanes N,N…] [--workers N,N…]`: P-256 signatures with a token that takes
 * so long for each PKCS#11 call, as one in a network does, and computes on this machine. It shows whether throughput grows with
 * lanes and workers, as a share of what as many threads reach that call the token and do nothing else.
 */
const { values } = parseArgs({
  options: {
    micros: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '4' },
    lanes: { type: 'string', default: '10,20,40' },
    workers: { type: 'string', default: '1,2' },
  },
});
const numbers = (text: string): readonly number[] => text.split(',').map(Number);
const [micros, seconds] = [Number(values.micros), Number(values.seconds)];
const aims = { share: 0.95, addedMs: 1 };
const name = 'p256-sign';
const batch = 100;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const ms = (value: number | undefined): string => `${(value ?? Number.NaN).toFixed(2)} ms`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Signatures a second, and the outcome, of so many clients. */
const run = async (generator: Generator, { items, target }: StagedOperation, clients: number, size: number) => {
  const requests = items.map(({ request }) => request);
  const bodies =
    size === 1
      ? requests.map((request) => JSON.stringify(request))
      : [JSON.stringify({ items: Array.from({ length: size }, (_, index) => requests[index % requests.length]) })];
  const shape = { kind: 'closed', clients } as const;
  const outcome: Outcome = await (await generator.prepare({ target, bodies, shape, seconds, samples: 0 }))();
  if (outcome.failures > 0) throw new Error(`${outcome.failures} requests failed; ${outcome.firstFailure}`);
  return { perSecond: rate(outcome.requests * size, outcome.seconds), outcome };
};

interface Cell {
  readonly workers: number;
  readonly lanes: number;
  /** Signatures a second: of one thread times lanes, of the lanes with nothing before them, and of requests. */
  readonly limit: number;
  readonly raw: number;
  readonly single: number;
  readonly batches: number;
  /** The median of what one client waits besides the token, in milliseconds: with latency, and without. */
  readonly added: number;
  readonly addedBefore: number;
}

const say = ({ workers, lanes, limit, raw, single, batches, added, addedBefore }: Cell): void =>
  print(
    `${workers} × ${String(lanes).padStart(2)} lanes: limit ${limit.toFixed(0)}/s; bare lanes ${percent(raw / limit)}, requests ${percent(single / limit)}, batches of ${batch} ${percent(batches / limit)}; p50 added ${ms(added)}, without latency ${ms(addedBefore)}`,
  );

const measureOn = async (stack: Stack, shim: Pkcs11Shim, workers: number, lanes: number): Promise<Cell> => {
  const generator = startGenerator();
  const raw = openRawToken(stack);
  try {
    const [staged] = (
      await setTheStage(
        stack,
        operations.filter((one) => one.name === name),
      )
    ).staged;
    if (staged === undefined) throw new Error(`there is no ${name}`);
    // The first calls warm up and are not measured.
    await run(generator, staged, 16, batch);
    await run(generator, staged, 16, 1);
    const undelayed = await run(generator, staged, 1, 1);
    shim.inject({ C_SignInit: `us:${micros}`, C_Sign: `us:${micros}` });
    const all = workers * lanes;
    // One after the other, because the machine's processors serve all of them.
    const [thread] = await raw.inThread([name], seconds);
    await raw.throughLanes(name, 4 * lanes, seconds);
    const bare = await raw.throughLanes(name, 4 * lanes, seconds);
    await run(generator, staged, 4 * all, 1);
    const one = await run(generator, staged, 1, 1);
    const single = await run(generator, staged, 4 * all, 1);
    const batches = await run(generator, staged, Math.max(4, Math.ceil(all / 10)), batch);
    return {
      workers,
      lanes,
      limit: all * (thread?.perSecond ?? Number.NaN),
      raw: bare.perSecond * workers,
      single: single.perSecond,
      batches: batches.perSecond,
      added: one.outcome.added?.p50 ?? Number.NaN,
      addedBefore: undelayed.outcome.added?.p50 ?? Number.NaN,
    };
  } finally {
    generator.stop();
    await raw.stop();
  }
};

const measure = async (workers: number, lanes: number): Promise<Cell> => {
  const shim = createPkcs11Shim(softHsmLibrary());
  // The bare lanes inherit it.
  Object.assign(process.env, shim.env);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'anka-latency-'));
  const pkcs11 = { 'library-path': shim.libraryPath, 'session-pool-size': lanes };
  const services = { 'crypto-worker': { environment: shim.env, configuration: { hsm: { pkcs11 } } } };
  const stack = await startStack({ dataDirectory, workers, services });
  try {
    return await measureOn(stack, shim, workers, lanes);
  } finally {
    shim.inject({});
    await stack.stop();
    shim.remove();
    await rm(dataDirectory, { recursive: true, force: true });
  }
};

print(`P-256 signatures, two calls of ${micros} µs each; shares of one thread's rate times the lanes`);
const cells: Cell[] = [];
for (const workers of numbers(values.workers))
  for (const lanes of numbers(values.lanes)) {
    const cell = await measure(workers, lanes);
    cells.push(cell);
    say(cell);
  }
const best = (of: (cell: Cell) => number): number => Math.max(...cells.map(of));
const reached = cells.map(({ single, batches, limit }) => Math.max(single, batches) / limit);
print(`share of the limit, lowest ${percent(Math.min(...reached))} (aim: ${percent(aims.share)})`);
print(
  `most signatures a second ${Math.max(
    best(({ single }) => single),
    best(({ batches }) => batches),
  ).toFixed(0)}`,
);
print(`p50 added, highest ${ms(best(({ added }) => added))} (aim: ${ms(aims.addedMs)})`);
