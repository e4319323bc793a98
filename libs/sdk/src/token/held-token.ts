import { decodeJwt } from 'jose';
import { AuthenticationError } from '../error/families.js';
import type { Authentication, IssuedToken } from './credential.js';

/** The part of its life after which a token is renewed while it is still in use. */
const renewAfter = 0.75;
/** A token is not sent in its last milliseconds: it would end on the way. */
const lastMs = 2000;

/** The form of a token (RFC 6750 §2.1). What is in another form is never quoted: it may be a secret beside a line break. */
const isBearer = /^[A-Za-z0-9._~+/-]+=*$/;
const formRule =
  'The token has characters that no token has, such as a space or a line break. Give the token alone, without Bearer.';

interface Held extends Pick<IssuedToken, 'value'> {
  /** Times of `performance.now()`. */
  readonly renewAt: number;
  readonly endsAt: number;
}

/** What a token that somebody else issued says of its end. A token that is no JWT is taken to have none. */
const lifeOf = (token: string): number => {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? Number.POSITIVE_INFINITY : exp - Date.now() / 1000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/** Gets a token: from a function, or by a credential from the token endpoint. */
export type GetToken = () => Promise<IssuedToken>;

/** @param ask sends the form of a credential to the token endpoint */
export const tokenSource = (
  authentication: Authentication,
  ask: (form: (endpoint: string) => Promise<URLSearchParams>) => Promise<IssuedToken>,
): GetToken => {
  if (typeof authentication === 'object') return () => ask((endpoint) => authentication.form(endpoint));
  const give = typeof authentication === 'string' ? () => authentication : authentication;
  return async () => {
    const value = await give();
    return { value, expiresIn: lifeOf(value) };
  };
};

/** The one token of a client. It is renewed ahead of its end, and once for all calls that need it. */
export class HeldToken {
  private held: Held | undefined;
  private renewal: Promise<Held> | undefined;

  constructor(
    private readonly get: GetToken,
    /** False for a token that cannot be had anew. */
    private readonly isRenewable = true,
  ) {}

  /** @throws any error of the source, if no valid token is left */
  async current(now = performance.now()): Promise<string> {
    const { held } = this;
    if (held === undefined || (this.isRenewable && now >= held.endsAt - lastMs)) return (await this.renew()).value;
    // The token is still good, so that nobody waits for the next one, nor fails if there is none yet.
    if (this.isRenewable && now >= held.renewAt) this.renew().catch(() => undefined);
    return held.value;
  }

  /** Forgets a token that the platform does not accept. @returns whether another one can be had */
  discard(token: string): boolean {
    if (this.held?.value === token) this.held = undefined;
    return this.isRenewable;
  }

  private renew(): Promise<Held> {
    this.renewal ??= this.fetch().finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  private async fetch(): Promise<Held> {
    const asked = performance.now();
    const { value, expiresIn } = await this.get();
    if (!isBearer.test(value)) throw new AuthenticationError('authentication-required', formRule);
    const life = expiresIn * 1000;
    this.held = { value, renewAt: asked + life * renewAfter, endsAt: asked + life };
    return this.held;
  }
}
