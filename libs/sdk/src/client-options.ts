import type { GatherLimits } from './batch/gather.js';
import type { Authentication } from './token/credential.js';
import { type RetryOptions, type RetryRule, retryRule } from './transport/retry.js';
import type { Fetch } from './transport/transport.js';

export interface BatchOptions {
  /** The most items of one request. Default: 100; the platform accepts 1,000. */
  readonly maxItems?: number;
  /** The most requests of one operation at a time. Default: 2. */
  readonly inFlight?: number;
}

export interface ClientOptions {
  /** The URL of the gateway without `/api/v1`: `https://anka.example.com`. It is https, but for a gateway on this machine. */
  readonly baseUrl: string;
  /** Whether tokens and data may go to another machine without TLS. Default: false. */
  readonly allowHttp?: boolean;
  /** Default: none, for what is public. */
  readonly auth?: Authentication;
  /** The slug of the tenant, whose public keys are then used for local verification. */
  readonly tenant?: string;
  /** Whether items of concurrent callers share requests. Default: true. False sends each item alone, and all at once. */
  readonly batch?: boolean | BatchOptions;
  readonly retry?: RetryOptions;
  /** The time of a call with all its attempts, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
  /** How long a public key is used before it is asked for again, in milliseconds. Default: 60,000, as the platform allows. */
  readonly cacheMs?: number;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: Fetch;
}

export interface Settings {
  /** With `/api/v1`, without a slash at its end. */
  readonly apiUrl: string;
  readonly authentication: Authentication | undefined;
  readonly tenant: string | undefined;
  readonly gather: GatherLimits;
  readonly retry: RetryRule;
  readonly timeoutMs: number;
  readonly cacheMs: number;
  readonly fetch: Fetch;
}

/** A third of the largest body that the platform accepts by default, in characters. */
const batchSize = 1_300_000;
const eachAlone: GatherLimits = { items: 1, size: batchSize, inFlight: Number.POSITIVE_INFINITY };

const gatherOf = (batch: ClientOptions['batch'] = true): GatherLimits => {
  if (batch === false) return eachAlone;
  const { maxItems = 100, inFlight = 2 } = batch === true ? {} : batch;
  return { items: maxItems, size: batchSize, inFlight };
};

/** This machine (RFC 6761 §6.3, RFC 5735 §3, RFC 4291 §2.5.3), as `URL` writes it. */
const loopback = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

/** @throws TypeError, which does not quote the URL: it may hold a password */
const checkedUrl = ({ baseUrl, allowHttp = false }: ClientOptions): URL => {
  if (!URL.canParse(baseUrl)) throw new TypeError('The base URL is none. Write it as https://anka.example.com.');
  const url = new URL(baseUrl);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && (allowHttp || loopback.test(url.hostname)));
  if (!isSafe) throw new TypeError('The base URL is not https. Plain http is for this machine, or with allowHttp.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('The base URL has a user, a password, a query or a fragment. Leave them out.');
  return url;
};

/** @throws TypeError for a base URL that is none, or that is not safe */
export const settingsOf = (options: ClientOptions): Settings => {
  const { href } = checkedUrl(options);
  return {
    apiUrl: `${href.replace(/\/+$/, '').replace(/\/api\/v1$/, '')}/api/v1`,
    authentication: options.auth,
    tenant: options.tenant,
    gather: gatherOf(options.batch),
    retry: retryRule(options.retry),
    timeoutMs: options.timeoutMs ?? 60_000,
    cacheMs: options.cacheMs ?? 60_000,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  };
};
