import { Agent, request } from 'node:https';

export interface Api {
  readonly port: number;
  readonly ca: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The longest wait for an answer, in milliseconds. */
const patienceMs = 60_000;

/** Sends a request to the gateway. @throws Error if the connection fails */
export const ask = (
  { port, ca }: Api,
  {
    method,
    path,
    token,
    body,
    agent,
  }: {
    readonly method: string;
    readonly path: string;
    readonly token?: string;
    readonly body?: unknown;
    readonly agent?: Agent;
  },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const options = { host: 'localhost', port, ca, method, path, headers, timeout: patienceMs };
    const sent = request({ ...options, ...(agent && { agent }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

export interface Tally {
  readonly requests: number;
  /** What failed, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Signs from several clients at once until it is stopped. No request is repeated: each failure counts. */
export class SigningLoad {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly failures = new Map<string, number>();
  private requests = 0;
  private stopped = false;
  private readonly clients: readonly Promise<void>[];

  constructor(
    private readonly api: Api,
    private readonly token: string,
    private readonly keyId: string,
    clients: number,
  ) {
    this.clients = Array.from({ length: clients }, () => this.client());
  }

  /** The requests that were answered with 200 so far. */
  get done(): number {
    return this.requests - [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<Tally> {
    this.stopped = true;
    await Promise.all(this.clients);
    this.agent.destroy();
    return { requests: this.requests, failures: this.failures };
  }

  private async client(): Promise<void> {
    const body = { keyId: this.keyId, payload: 'AAAA' };
    while (!this.stopped) {
      const failure = await ask(this.api, {
        method: 'POST',
        path: '/api/v1/sign',
        token: this.token,
        body,
        agent: this.agent,
      }).then(
        ({ status, text }) => (status === 200 ? undefined : `${status} ${text.slice(0, 300)}`),
        (error: unknown) => (error as Error).message,
      );
      this.requests++;
      if (failure !== undefined) this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
    }
  }
}
