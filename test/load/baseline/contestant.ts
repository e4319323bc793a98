import type { Bones } from '../bones/bones.js';
import type { Generator } from '../generator/generator.js';
import type { Job, Outcome } from '../generator/job.js';
import { CpuMeter, perRequest, used } from '../machine/cpu-meter.js';
import { type AuditService, bodiesOf, type Instruments, measure } from '../measure.js';
import type { Peer } from '../peer/peer.js';
import type { RawToken } from '../raw-token.js';
import { cpuOf } from '../report/ratio.js';
import type { StagedOperation } from '../stage.js';
import { rate } from '../statistic.js';
import type { Contestant, Figure, Load } from './alternate.js';

const untold = { cpu: Number.NaN, postgres: Number.NaN, lag: Number.NaN } as const;

/** Our product, through its whole measurement: answers are sampled and checked, and outcomes are counted. */
export const ours = (
  name: string,
  instruments: Instruments,
  staged: StagedOperation,
  audit: AuditService = 'at work',
): Contestant => ({
  name,
  run: async ({ shape, batch }, seconds): Promise<Figure> => {
    const row = await measure(instruments, staged, shape, batch, seconds, audit);
    return {
      itemsPerSecond: row.itemsPerSecond,
      p50: row.latency?.p50 ?? Number.NaN,
      p99: row.latency?.p99 ?? Number.NaN,
      cpu: cpuOf(row),
      postgres: row.cpu['postgres'] ?? Number.NaN,
      lag: row.lag?.p99 ?? Number.NaN,
    };
  },
});

const figureOf = ({ requests, seconds, latency }: Outcome, batch: number): Figure => ({
  ...untold,
  itemsPerSecond: rate(requests * batch, seconds),
  p50: latency?.p50 ?? Number.NaN,
  p99: latency?.p99 ?? Number.NaN,
});

/** @throws Error if an answer was not 2xx, with the first one if it was sampled */
const runJob = async (generator: Generator, name: string, job: Job): Promise<Outcome> => {
  const outcome = await (await generator.prepare(job))();
  if (outcome.failures > 0) throw new Error(`${name}: ${outcome.failures} failed; ${outcome.firstFailure}`);
  return outcome;
};

/** The bones of a request. They take no batches. @param postgres the process id of the database server */
export const bonesOf = (generator: Generator, bones: Bones, staged: StagedOperation, postgres: number): Contestant => {
  const meter = new CpuMeter(() => ({ ...bones.pids, postgres }));
  const run = async ({ shape }: Load, seconds: number): Promise<Figure> => {
    const before = meter.read();
    const job = { target: bones.target, bodies: bodiesOf(staged, 1), shape, seconds, samples: 1 };
    const outcome = await runJob(generator, 'bones', job);
    const cpu = perRequest(used(before, meter.read()), outcome.requests);
    return { ...figureOf(outcome, 1), cpu: cpuOf({ cpu }), postgres: cpu['postgres'] ?? Number.NaN };
  };
  return { name: 'bones', run: (load, seconds) => (load.batch === 1 ? run(load, seconds) : undefined) };
};

/** Enough concurrent calls to fill the lanes. */
const inFlight = 64;

/** The token's own rate, for batches. */
export const rawOf = (raw: RawToken, { operation }: StagedOperation): Contestant => {
  const run = async (seconds: number): Promise<Figure> => {
    const { perSecond, p50, p99, cpuMicros } = await raw.throughLanes(operation.name, inFlight, seconds);
    return { ...untold, itemsPerSecond: perSecond, p50, p99, cpu: cpuMicros / 1000 };
  };
  return { name: 'raw token', run: ({ batch }, seconds) => (batch > 1 ? run(seconds) : undefined) };
};

/** The peer, where it has an operation that does the same work. */
export const peerOf = (generator: Generator, peer: Peer, { operation }: StagedOperation): Contestant => {
  const name = `peer, ${peer.keys} keys`;
  return {
    name,
    run: ({ shape, batch }, seconds) => {
      const request = peer.request(operation.name, batch);
      if (request === undefined) return undefined;
      const { target, body } = request;
      return runJob(generator, name, { target, bodies: [body], shape, seconds, samples: 1 }).then((outcome) =>
        figureOf(outcome, batch),
      );
    },
  };
};
