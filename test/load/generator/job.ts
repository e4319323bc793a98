import type { Summary } from '../statistic.js';

/** Where requests go: plain HTTP/1.1 over keep-alive connections, one request at a time on each. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Closed: each client asks again when it is answered. Open: requests come at their time, whatever became of those before. */
export type Shape =
  | { readonly kind: 'closed'; readonly clients: number }
  | { readonly kind: 'open'; readonly perSecond: number; readonly connections: number };

export interface Job {
  readonly target: Target;
  /** JSON bodies, sent in turn. */
  readonly bodies: readonly string[];
  readonly shape: Shape;
  readonly seconds: number;
  /** Whole answers to be handed back, spread over the run. */
  readonly samples: number;
}

export interface Sample {
  /** Which of the job's bodies it answers. */
  readonly body: number;
  readonly answer: string;
}

/** Latencies in milliseconds; the open loop counts them from the intended time of sending. */
export interface Outcome {
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure: string | null;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly latency: Summary | null;
  /** Of the `Server-Timing` header: inside PKCS#11 calls; in the worker; in all. */
  readonly hsm: Summary | null;
  readonly worker: Summary | null;
  readonly total: Summary | null;
  /** `total` − `hsm` of each answer. */
  readonly added: Summary | null;
  /** Latency − `hsm` of each answer: what the client waits besides for the token. */
  readonly addedForClient: Summary | null;
  /** Open loop: how late the generator itself was. Part of `latency`. */
  readonly lateness: Summary | null;
  readonly samples: readonly Sample[];
}

/** The generator's side of the conversation: it prepares, says so, and runs when told. */
export type Order = { readonly prepare: Job } | 'go';
export type Report = 'ready' | { readonly outcome: Outcome } | { readonly error: string };
