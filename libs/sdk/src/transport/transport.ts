import { AnkaSecureError } from '../error/anka-secure-error.js';
import { ConnectionError } from '../error/families.js';
import { type ReadAnswer, readError } from '../error/read-error.js';
import type { HeldToken } from '../token/held-token.js';
import { mayRepeat, pauseOf, type Repetition, type RetryRule } from './retry.js';
import type { TimeLimit } from './time-limit.js';
import { raced, wait } from './wait.js';

/** The part of `fetch` that the client uses. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** The platform redirects nothing, and a proxy that does would get the token and the body elsewhere. */
  readonly redirect: 'manual';
  readonly cache: 'no-store';
}

/** How every request is sent. */
const always = { redirect: 'manual', cache: 'no-store' } as const;

/** A request that can be sent several times. */
export interface Sending {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly repetition: Repetition;
  /** Set if no token is sent. */
  readonly isPublic?: boolean;
}

/** Sends requests until one is answered, or fails for good. */
export class Transport {
  constructor(
    private readonly fetch: Fetch,
    private readonly token: HeldToken | undefined,
    readonly retry: RetryRule,
  ) {}

  /**
   * @returns an answer of 2xx or 304
   * @throws AnkaSecureError of the last attempt; the reason of the limit's signal
   */
  async send(sending: Sending, limit: TimeLimit): Promise<ReadAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.authorised(sending, limit.signal);
      } catch (error) {
        if (attempt >= this.retry.attempts || !mayRepeat(error, sending.repetition)) throw error;
        const pause = pauseOf(attempt, this.retry, error.retryAfterMs);
        if (pause >= limit.left()) throw error;
        await wait(pause, limit.signal);
      }
    }
  }

  /** One attempt; a second one with a new token if the platform does not accept the token. */
  private async authorised(sending: Sending, signal: AbortSignal): Promise<ReadAnswer> {
    if (sending.isPublic === true || this.token === undefined) return this.attempt(sending, signal);
    const token = await raced(this.token.current(), signal);
    try {
      return await this.attempt(sending, signal, token);
    } catch (error) {
      const isStale = error instanceof AnkaSecureError && error.code === 'authentication-required';
      if (!isStale || !this.token.discard(token)) throw error;
      return this.attempt(sending, signal, await raced(this.token.current(), signal));
    }
  }

  private async attempt(
    { url, method, headers, body }: Sending,
    signal: AbortSignal,
    token?: string,
  ): Promise<ReadAnswer> {
    const sent = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    let answer: ReadAnswer;
    try {
      const init = { ...always, method, headers: sent, signal, ...(body !== undefined && { body }) };
      const response = await this.fetch(url, init);
      answer = { status: response.status, headers: response.headers, text: await response.text() };
    } catch (cause) {
      signal.throwIfAborted();
      const { origin } = new URL(url);
      throw new ConnectionError('connection-failed', `No answer from ${origin}${reasonOf(cause)}.`, {
        cause,
        retryable: true,
      });
    }
    if ((answer.status >= 200 && answer.status < 300) || answer.status === 304) return answer;
    throw readError(answer);
  }
}

/** What `fetch` says about a connection stands in the cause of its error. */
const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error && inner.message !== '' ? `: ${inner.message}` : '';
};
