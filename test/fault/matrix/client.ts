import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SignResult } from '@ankasecure/contracts';
import { type Method, outcomeOf } from '../../e2e/harness/client.js';
import type { Tenant } from '../../e2e/harness/tenant.js';
import { eventually } from '../../e2e/harness/wait.js';
import { type RequestName, requests } from './part.js';

/** A request's outcome as its client sees it. */
export interface Outcome {
  readonly request: RequestName;
  /** `ok`, the code of a problem, or `no answer`. */
  readonly outcome: string;
  readonly status: number | undefined;
  readonly correlationId: string | undefined;
  readonly seconds: number;
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  /** Sends an Idempotency-Key, which needs the gateway's database. */
  readonly once?: true;
}

/** The longest that a client waits, in milliseconds. The gateway answers each of these requests sooner: a creation in 60 s. */
const patienceMs = 75_000;
const pauseMs = 50;

/** The client of a tenant during a fault. */
export class FaultClient {
  private readonly outcomes: Outcome[] = [];
  private going = false;
  private loops: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly tenant: Tenant,
    private readonly calls: Readonly<Record<RequestName, Call>>,
  ) {}

  /** Its keys have been used once, as the keys of a running application. */
  static async of(tenant: Tenant): Promise<FaultClient> {
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const { jws } = await tenant.admin.post<SignResult>('/sign', { keyId, payload: 'AAAA' });
    return new FaultClient(tenant, {
      sign: { method: 'POST', path: '/sign', body: { keyId, payload: 'AAAA' } },
      verify: { method: 'POST', path: '/verify', body: { jws } },
      create: { method: 'POST', path: '/keys', body: { algorithm: 'AES-256', label: 'made in a fault' }, once: true },
      policy: { method: 'GET', path: '/policy' },
      trail: { method: 'GET', path: '/audit/events?limit=1' },
    });
  }

  /** Sends one request. */
  async ask(request: RequestName, timeoutMs = patienceMs): Promise<Outcome> {
    const { method, path, body, once } = this.calls[request];
    const since = performance.now();
    const seconds = (): number => (performance.now() - since) / 1000;
    try {
      const headers = once === true ? { 'idempotency-key': randomUUID() } : {};
      const sending = { timeoutMs, headers, ...(body !== undefined && { body }) };
      const reply = await this.tenant.admin.send(method, path, sending);
      return {
        request,
        outcome: outcomeOf(reply),
        status: reply.status,
        correlationId: reply.correlationId,
        seconds: seconds(),
      };
    } catch {
      return { request, outcome: 'no answer', status: undefined, correlationId: undefined, seconds: seconds() };
    }
  }

  /** Sends each request once. @returns the outcomes by request */
  async askAll(timeoutMs?: number): Promise<Readonly<Record<RequestName, string>>> {
    const outcomes = await Promise.all(requests.map((request) => this.ask(request, timeoutMs)));
    return Object.fromEntries(outcomes.map(({ request, outcome }) => [request, outcome])) as Record<
      RequestName,
      string
    >;
  }

  /** Sends every request again and again from now on. */
  start(): void {
    this.outcomes.length = 0;
    this.going = true;
    const loop = async (request: RequestName): Promise<void> => {
      while (this.going) {
        this.outcomes.push(await this.ask(request));
        await delay(pauseMs);
      }
    };
    this.loops = Promise.all(requests.map(loop));
  }

  /** Resolves when `count` more requests are answered. */
  async answered(count: number): Promise<void> {
    const until = this.outcomes.length + count;
    await eventually(`${count} answers`, () => this.outcomes.length >= until);
  }

  /** @returns the outcomes since the start */
  async stop(): Promise<readonly Outcome[]> {
    this.going = false;
    await this.loops;
    return this.outcomes;
  }
}
