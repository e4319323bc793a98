import type { Generator } from './generator/generator.js';
import type { Job, Outcome, Shape } from './generator/job.js';
import { busyElsewhere, type CpuMeter, type CpuUse, perRequest, used } from './machine/cpu-meter.js';
import type { Drain, OutboxWatch } from './outbox-watch.js';
import type { Stage, StagedOperation } from './stage.js';
import { rate, type Summary } from './statistic.js';

export interface Row extends Omit<Outcome, 'samples'> {
  readonly operation: string;
  readonly shape: Shape;
  /** The audit service during the requests: at work, or stopped by a signal, so that it takes no CPU until they are answered. */
  readonly audit: AuditService;
  /** Items in each request. 1 means a request without a batch. */
  readonly batch: number;
  readonly perSecond: number;
  readonly itemsPerSecond: number;
  /** CPU milliseconds for one request, including its sealing in the audit trail. */
  readonly cpu: CpuUse;
  readonly drain: Drain;
  /** The age of the oldest waiting outcome during the open loop, in milliseconds. */
  readonly lag: Summary | null;
  /** CPUs that other programs kept busy during the measurement. */
  readonly elsewhere: number;
}

export type AuditService = 'at work' | 'frozen';

export const clientsOf = (shape: Shape): number => (shape.kind === 'closed' ? shape.clients : shape.connections);

/** The number of different batches. All have the same few items in different orders. */
const batches = 4;
const samples = 6;

/** The bodies of requests that are sent in turn. */
export const bodiesOf = ({ items }: StagedOperation, batch: number): string[] => {
  const requests = items.map(({ request }) => request);
  if (batch === 1) return requests.map((request) => JSON.stringify(request));
  const from = (start: number): unknown[] =>
    Array.from({ length: batch }, (_, index) => requests[(start + index) % requests.length]);
  return Array.from({ length: batches }, (_, index) => JSON.stringify({ items: from(index * 7) }));
};

/** The bodies of a job, and who sends each. Items of other tenants are sent without batches. */
const contentOf = (staged: StagedOperation, batch: number): Pick<Job, 'bodies' | 'authorizations'> => {
  const authorizations = staged.items.flatMap(({ authorization }) => authorization ?? []);
  return { bodies: bodiesOf(staged, batch), ...(authorizations.length > 0 && { authorizations }) };
};

export interface Instruments {
  /** Process ids of the audit service. */
  readonly auditPids: () => readonly number[];
  readonly generator: Generator;
  readonly cpu: CpuMeter;
  readonly watch: OutboxWatch;
  readonly stage: Stage;
}

const checkSamples = async (
  { stage }: Instruments,
  staged: StagedOperation,
  batch: number,
  outcome: Outcome,
): Promise<void> => {
  const { operation, key, items } = staged;
  for (const { body, answer } of outcome.samples) {
    const parsed = JSON.parse(answer) as Record<string, unknown>;
    const first = batch === 1 ? parsed : ((parsed['items'] as Record<string, unknown>[])[0] ?? {});
    const item = items[batch === 1 ? body : (body * 7) % items.length];
    if (item !== undefined) await operation.check(stage.api, item.key ?? key, item, first);
  }
};

/** Runs `work` while the audit service is as `audit` says. */
const withAudit = async <Result>(
  { auditPids }: Instruments,
  audit: AuditService,
  work: () => Promise<Result>,
): Promise<Result> => {
  const pids = audit === 'frozen' ? auditPids() : [];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
};

/**
 * Runs one measurement, between two moments at which nothing is waiting to be sealed.
 * @throws Error if an answer was not 2xx, or a sampled answer is wrong
 */
export const measure = async (
  instruments: Instruments,
  staged: StagedOperation,
  shape: Shape,
  batch: number,
  seconds: number,
  audit: AuditService = 'at work',
): Promise<Row> => {
  const { generator, cpu, watch, stage } = instruments;
  const job: Job = { target: staged.target, ...contentOf(staged, batch), shape, seconds, samples };
  await watch.drained();
  const run = await generator.prepare(job);
  const since = performance.now();
  const before = cpu.read();
  const work = (): Promise<Outcome> => withAudit(instruments, audit, run);
  const { result: outcome, lag } =
    shape.kind === 'open' ? await watch.lagging(work) : { result: await work(), lag: null };
  const drain = await watch.drained();
  const use = used(before, cpu.read());
  const elsewhere = busyElsewhere(use, (performance.now() - since) / 1000);
  stage.expected.add(staged.operation.path, outcome.requests * batch);
  if (outcome.failures > 0)
    throw new Error(
      `${staged.operation.name}: ${outcome.failures} of ${outcome.requests} failed; ${outcome.firstFailure}`,
    );
  await checkSamples(instruments, staged, batch, outcome);
  const { samples: _, ...told } = outcome;
  return {
    operation: staged.operation.name,
    shape,
    audit,
    batch,
    ...told,
    perSecond: rate(outcome.requests, outcome.seconds),
    itemsPerSecond: rate(outcome.requests * batch, outcome.seconds),
    cpu: perRequest(use, outcome.requests),
    drain,
    lag,
    elsewhere,
  };
};
