import { Client, type ClientConfig } from 'pg';

type Call = readonly unknown[];
type Callback = (error: unknown, result: unknown) => void;

/**
 * A connection that is closed when a query is not answered. After `query_timeout` pg abandons the query but keeps the
 * connection. Every later query would wait behind it, and no keepalive ends it while the network still owes bytes.
 */
export class BoundedClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const ask = this.query.bind(this) as (...call: Call) => unknown;
    const bounded = (...call: Call): unknown => {
      const callback = call.at(-1);
      if (typeof callback === 'function')
        return ask(...call.slice(0, -1), (error: unknown, result: unknown) => {
          this.settle(error);
          (callback as Callback)(error, result);
        });
      const answer = ask(...call);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.settle(error));
      return answer;
    };
    this.query = bounded as typeof this.query;
  }

  private settle(error: unknown): void {
    if ((error as Error | null)?.message === 'Query read timeout') this.connection.stream.destroy();
  }
}
