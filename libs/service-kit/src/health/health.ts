import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export type Check = () => Promise<void> | void;

/** A part is not ready, for a reason that operators may read at `/readyz`: it names no address and no secret. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

/** A database that is older than the audit trail. */
export interface BehindDatabase {
  readonly database: string;
  /** The number of tenants that are refused. */
  readonly tenants: number;
}

/** Longest that one readiness check may take, in milliseconds. */
const checkTimeoutMs = 2000;

/**
 * Serves liveness, readiness, start-up and metrics on a separate port, away from the public API. `/livez` depends on
 * nothing. `/readyz` checks every registered part. `/startupz` tells whether start-up is complete.
 */
export class Health {
  readonly registry = new Registry();
  private readonly checks = new Map<string, Check>();
  private findBehind: () => BehindDatabase | undefined = () => undefined;
  private findUncompared: () => string | undefined = () => undefined;
  private started = false;
  private readonly end = new AbortController();
  private server: Server | undefined;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 100 });
    meterReadiness(this);
  }

  /** `check` throws or rejects while the part is not ready. */
  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /**
   * Names the service's database while it is behind. The service stays ready: it serves tenants that have no records yet, and
   * is needed to bring the others up to date.
   */
  tellBehind(find: () => BehindDatabase | undefined): void {
    this.findBehind = find;
  }

  /**
   * Names the service's database until it was compared with the audit trail. The service stays ready: it serves what changes no
   * record, and the audit service needs it to answer.
   */
  tellUncompared(find: () => string | undefined): void {
    this.findUncompared = find;
  }

  markStarted(): void {
    this.started = true;
  }

  /** The process is about to end. It is not ready from now on, so that nothing more is sent to it. */
  markStopping(): void {
    this.end.abort();
  }

  /** Aborted when the process is about to end, before it waits for requests in flight. */
  get ending(): AbortSignal {
    return this.end.signal;
  }

  isStarted(): boolean {
    return this.started;
  }

  /** Tells which parts are ready. Reasons are returned from `NotReady` alone, because others may name addresses. */
  async readiness(): Promise<{
    ready: boolean;
    parts: Record<string, 'ok' | 'failed'>;
    reasons?: Record<string, string>;
    behind?: Record<string, number>;
    uncompared?: string;
  }> {
    const failures = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await failureOf(check)] as const),
    );
    const behind = this.findBehind();
    const uncompared = this.findUncompared();
    const reasons = failures.flatMap(([name, failure]) =>
      failure instanceof NotReady ? [[name, failure.message] as const] : [],
    );
    return {
      ready: this.started && !this.ending.aborted && failures.every(([, failure]) => failure === undefined),
      parts: Object.fromEntries(failures.map(([name, failure]) => [name, failure === undefined ? 'ok' : 'failed'])),
      ...(reasons.length > 0 && { reasons: Object.fromEntries(reasons) }),
      ...(behind && { behind: { [behind.database]: behind.tenants } }),
      ...(uncompared !== undefined && { uncompared }),
    };
  }

  /** @returns the port, which the system chooses when `port` is 0 */
  listen(host: string, port: number): Promise<number> {
    const server = createServer((request, response) => {
      const route = routes[request.url ?? ''];
      if (route === undefined) send(response, 404, { status: 'not found' });
      else void route(this, response);
    });
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const meterReadiness = (health: Health): void => {
  const gauge: Gauge<'part'> = new Gauge({
    name: 'ankasecure_part_ready',
    help: '1 if the part of the process is ready, 0 if not',
    labelNames: ['part'],
    registers: [health.registry],
    collect: async () => {
      const { parts } = await health.readiness();
      for (const [part, state] of Object.entries(parts)) gauge.set({ part }, state === 'ok' ? 1 : 0);
    },
  });
};

/** Runs a check. @returns the error that it throws; undefined if it passes */
const failureOf = async (check: Check): Promise<Error | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), checkTimeoutMs);
  });
  try {
    await Promise.race([check(), late]);
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    clearTimeout(timer);
  }
};

const send = (response: ServerResponse, status: number, body: object): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
};

const routes: Record<string, (health: Health, response: ServerResponse) => Promise<void> | void> = {
  '/livez': (_, response) => send(response, 200, { status: 'ok' }),
  '/startupz': (health, response) =>
    send(response, health.isStarted() ? 200 : 503, { status: health.isStarted() ? 'ok' : 'starting' }),
  '/readyz': async (health, response) => {
    const { ready, ...told } = await health.readiness();
    send(response, ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', ...told });
  },
  '/metrics': async (health, response) => {
    response.writeHead(200, { 'content-type': health.registry.contentType }).end(await health.registry.metrics());
  },
};
