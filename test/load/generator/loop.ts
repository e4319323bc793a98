import { setTimeout as delay } from 'node:timers/promises';
import { dueBy, intendedAt } from '../statistic.js';
import { Connection, requestBytes } from './connection.js';
import type { Job, Outcome, Shape } from './job.js';
import { Record } from './record.js';

/** A run whose connections are open. */
export interface PreparedRun {
  run(): Promise<Outcome>;
}

type ShapeOf<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>;

/** The base of both loops: it sends requests in turn and keeps some complete answers. */
class Requests {
  readonly #bytes: readonly Buffer[];
  readonly #wanted: number;
  #sent = 0;
  #kept = 0;

  constructor(job: Job) {
    this.#bytes = job.bodies.map((body, index) => requestBytes(job.target, body, job.authorizations?.[index]));
    this.#wanted = job.samples;
  }

  /** Samples are taken at powers of two, so that they cover the start and the end of a run of any length. */
  send(connection: Connection, record: Record, since: number, answered: () => void): void {
    const index = this.#sent++;
    const body = index % this.#bytes.length;
    const keep = this.#kept < this.#wanted && (index & (index - 1)) === 0;
    if (keep) this.#kept++;
    connection.send(this.#bytes[body] ?? Buffer.of(), keep, (response) => {
      record.answer(response, body, since);
      answered();
    });
  }
}

const closedLoop = (job: Job, connections: readonly Connection[], record: Record): Promise<void> => {
  const requests = new Requests(job);
  const end = performance.now() + job.seconds * 1000;
  const client = (connection: Connection): Promise<void> =>
    new Promise((done) => {
      const next = (): void => {
        const now = performance.now();
        if (now < end) requests.send(connection, record, now, next);
        else done();
      };
      next();
    });
  return Promise.all(connections.map(client)).then(() => undefined);
};

/** A request without a free connection waits for one, and its latency continues to count. */
const openLoop = async (
  job: Job,
  shape: ShapeOf<'open'>,
  connections: readonly Connection[],
  record: Record,
): Promise<void> => {
  const requests = new Requests(job);
  const free = [...connections];
  const waiting: number[] = [];
  const start = performance.now();
  let sent = 0;
  const dispatch = (since: number): void => {
    const connection = free.pop();
    if (connection === undefined) {
      waiting.push(since);
      return;
    }
    record.late(performance.now() - since);
    requests.send(connection, record, since, () => {
      free.push(connection);
      const next = waiting.shift();
      if (next !== undefined) dispatch(next);
    });
  };
  while (performance.now() - start < job.seconds * 1000) {
    const due = dueBy(performance.now() - start, shape.perSecond);
    while (sent < due) dispatch(start + intendedAt(sent++, shape.perSecond));
    await delay(1);
  }
  while (free.length < connections.length) await delay(5);
};

/** Opens the job's connections. A connection that breaks ends the run. */
export const prepare = async (job: Job): Promise<PreparedRun> => {
  let broken = (_: Error): void => undefined;
  const failure = new Promise<never>((_, reject) => {
    broken = reject;
  });
  failure.catch(() => undefined);
  const { shape } = job;
  const count = shape.kind === 'closed' ? shape.clients : shape.connections;
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(job.target, broken)));
  return {
    run: async () => {
      const record = new Record();
      const loop =
        shape.kind === 'closed' ? closedLoop(job, connections, record) : openLoop(job, shape, connections, record);
      try {
        await Promise.race([loop, failure]);
        return record.outcome();
      } finally {
        for (const connection of connections) connection.close();
      }
    },
  };
};
