import type { Duplex } from 'node:stream';
import { Client, type ClientConfig } from 'pg';
import { typeParsers } from './type-parsers.js';

type Call = readonly unknown[];
type Callback = (error: unknown, result: unknown) => void;

/** The connections of this process that are not closed. */
const open = new Set<BoundedClient>();

/**
 * Closes every connection that has heard nothing from its server since `since` (of `performance.now()`), and tells its holder.
 * After an outage such a connection may lead nowhere, and its next query would wait for an answer until its time limit.
 */
export const dropSilentClients = (since: number): void => {
  for (const client of open) client.dropIfSilent(since);
};

/**
 * The limits of one answer, four times what the largest query of a service reads. A LIMIT or a condition of ours binds an honest
 * database only: whoever owns it can have any query answered with any rows. `values` are those that become objects: dates, bytes,
 * and elements of arrays.
 */
export const mostAnswered = { bytes: 32 * 1024 * 1024, rows: 250_000, values: 1_000_000 };

/** The limit of all answers that this process reads at one moment, in bytes. */
export const mostAnsweredAtOnce = 96 * 1024 * 1024;

/** The bytes of the answers that are being read. */
const reading = { bytes: 0 };

/** The part of pg's connection that reads the server's answers, which its types leave out. */
interface Listening {
  attachListeners: (stream: Duplex) => void;
  on: (event: 'dataRow' | 'readyForQuery', listener: () => void) => void;
}

/** Counts what the server answers to one query. */
interface AnswerMeter {
  /** @throws Error above the limits */
  readonly add: (more: Partial<typeof mostAnswered>) => void;
  /** The answer was read, or its connection is closed. */
  readonly end: () => void;
}

const answerMeter = (connection: Listening): AnswerMeter => {
  const count = { bytes: 0, rows: 0, values: 0 };
  const add: AnswerMeter['add'] = ({ bytes = 0, rows = 0, values = 0 }) => {
    count.bytes += bytes;
    reading.bytes += bytes;
    count.rows += rows;
    count.values += values;
    const isMore = count.bytes > mostAnswered.bytes || count.rows > mostAnswered.rows;
    if (isMore || count.values > mostAnswered.values || reading.bytes > mostAnsweredAtOnce)
      throw new Error('The database has answered more than any query of a service reads.');
  };
  const end = (): void => {
    reading.bytes -= count.bytes;
    Object.assign(count, { bytes: 0, rows: 0, values: 0 });
  };
  connection.on('dataRow', () => add({ rows: 1 }));
  connection.on('readyForQuery', end);
  return { add, end };
};

/**
 * Ends a connection whose answer cannot be read, such as one with a value above the longest string, or must not be, because there
 * is no end to it. pg reads answers in a listener of the stream, where nobody catches an error: whoever owns the database could
 * end the process with one value.
 */
const catchUnreadable = (connection: Listening, { add, end }: AnswerMeter): void => {
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream): void => {
    attach(stream);
    stream.on('close', end);
    for (const read of stream.listeners('data') as ((bytes: Buffer) => void)[]) {
      stream.off('data', read);
      stream.on('data', (bytes: Buffer) => {
        try {
          add({ bytes: bytes.length });
          read(bytes);
        } catch (error) {
          stream.destroy(error as Error);
        }
      });
    }
  };
};

/**
 * A connection that is closed when a query is not answered. After `query_timeout` pg abandons the query but keeps the
 * connection. Every later query would wait behind it, and no keepalive ends it while the network still owes bytes.
 *
 * Its loss never ends the process. A connection can fail at a moment when neither its pool nor its user listens, such as
 * between its start and its first use, and an `error` event without a listener is fatal. The next query then reports the loss.
 */
export class BoundedClient extends Client {
  /** When the server last answered, of `performance.now()`. */
  private heardAt = performance.now();

  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    const connection = this.connection as unknown as Listening;
    const meter = answerMeter(connection);
    // Queries ask this member of pg's for their parsers. It has no option to refuse a type.
    Object.assign(this, { _types: { getTypeParser: typeParsers((values) => meter.add({ values })) } });
    catchUnreadable(connection, meter);
    open.add(this);
    this.on('end', () => open.delete(this));
    const ask = this.query.bind(this) as (...call: Call) => unknown;
    const bounded = (...call: Call): unknown => {
      const callback = call.at(-1);
      if (typeof callback === 'function')
        return ask(...call.slice(0, -1), (error: unknown, result: unknown) => {
          this.settle(error);
          (callback as Callback)(error, result);
        });
      const answer = ask(...call);
      if (answer instanceof Promise)
        answer.then(
          () => this.settle(null),
          (error: unknown) => this.settle(error),
        );
      return answer;
    };
    this.query = bounded as typeof this.query;
  }

  dropIfSilent(since: number): void {
    if (this.heardAt < since) this.connection.stream.destroy();
  }

  private settle(error: unknown): void {
    if ((error as Error | null)?.message === 'Query read timeout') this.connection.stream.destroy();
    else this.heardAt = performance.now();
  }
}
