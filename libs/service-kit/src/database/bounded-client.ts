import type { Duplex } from 'node:stream';
import { Client, type ClientConfig, types } from 'pg';
import { parseColumn } from '../json/json-bound.js';

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
 * database only: whoever owns it can have any query answered with any rows.
 */
export const mostAnswered = { bytes: 32 * 1024 * 1024, rows: 250_000 };

/** The part of pg's connection that reads the server's answers, which its types leave out. */
interface Listening {
  attachListeners: (stream: Duplex) => void;
  on: (event: 'dataRow' | 'readyForQuery', listener: () => void) => void;
}

/** Counts what the server answers to one query. @returns adds to the count, and throws above the limits */
const answerMeter = (connection: Listening): ((bytes: number) => void) => {
  const count = { bytes: 0, rows: 0 };
  const add = (more: Partial<typeof count>): void => {
    count.bytes += more.bytes ?? 0;
    count.rows += more.rows ?? 0;
    if (count.bytes > mostAnswered.bytes || count.rows > mostAnswered.rows)
      throw new Error('The database has answered more than any query of a service reads.');
  };
  connection.on('dataRow', () => add({ rows: 1 }));
  connection.on('readyForQuery', () => Object.assign(count, { bytes: 0, rows: 0 }));
  return (bytes) => add({ bytes });
};

/**
 * Ends a connection whose answer cannot be read, such as one with a value above the longest string, or must not be, because there
 * is no end to it. pg reads answers in a listener of the stream, where nobody catches an error: whoever owns the database could
 * end the process with one value.
 */
const catchUnreadable = (connection: Listening): void => {
  const attach = connection.attachListeners.bind(connection);
  const note = answerMeter(connection);
  connection.attachListeners = (stream): void => {
    attach(stream);
    for (const read of stream.listeners('data') as ((bytes: Buffer) => void)[]) {
      stream.off('data', read);
      stream.on('data', (bytes: Buffer) => {
        try {
          note(bytes.length);
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
    for (const type of [types.builtins.JSON, types.builtins.JSONB]) this.setTypeParser(type, parseColumn);
    catchUnreadable(this.connection as unknown as Listening);
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
