import type { Summary } from '../statistic.js';

/** The target of requests: plain HTTP/1.1 over keep-alive connections, with one request at a time on each. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** In a closed loop, each client sends again after its answer. In an open loop, requests are sent on schedule, even if earlier ones are unanswered. */
export type Shape =
  | { readonly kind: 'closed'; readonly clients: number }
  | { readonly kind: 'open'; readonly perSecond: number; readonly connections: number };

export interface Job {
  readonly target: Target;
  /** JSON bodies that are sent in turn. */
  readonly bodies: readonly string[];
  /** The Authorization header of each body, in place of the target's. */
  readonly authorizations?: readonly string[];
  readonly shape: Shape;
  readonly seconds: number;
  /** The number of complete answers to return, spread over the run. */
  readonly samples: number;
}

export interface Sample {
  /** The index of the body that it answers. */
  readonly body: number;
  readonly answer: string;
}

/** Latencies in milliseconds. The open loop counts them from the scheduled time. */
export interface Outcome {
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure: string | null;
  /** The time from the first request to the last answer. */
  readonly seconds: number;
  readonly latency: Summary | null;
  /** The times in the `Server-Timing` header: in PKCS#11 calls, in the worker, and in total. */
  readonly hsm: Summary | null;
  readonly worker: Summary | null;
  readonly total: Summary | null;
  /** `total` − `hsm` of each answer. */
  readonly added: Summary | null;
  /** Latency − `hsm` of each answer: the client's waiting time without the token's. */
  readonly addedForClient: Summary | null;
  /** In the open loop, the delay of the generator itself. It is part of `latency`. */
  readonly lateness: Summary | null;
  readonly samples: readonly Sample[];
}

/** The generator's messages: it reports that it is ready, and starts when it is told to. */
export type Order = { readonly prepare: Job } | 'go';
export type Report = 'ready' | { readonly outcome: Outcome } | { readonly error: string };
