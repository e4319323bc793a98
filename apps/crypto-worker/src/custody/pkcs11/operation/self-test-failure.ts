import { ckrName, ckrOf } from '../cryptoki/ckr.js';
import { actionFor, type ErrorAction } from '../cryptoki/error-policy.js';
import { Mismatch } from '../kind/self-test.js';
import type { TokenSession } from '../session/token-session.js';

export interface SelfTestFailure {
  /**
   * `trouble`: a code that the token's state may be behind as well as the algorithm; `refused`: the token will not do it;
   * `wrong`: it did something else than it should.
   */
  readonly cause: 'trouble' | 'refused' | 'wrong';
  /** For logs. Only the reason of `wrong` contains no words of the token. */
  readonly reason: string;
}

/** Actions that mend the session or the token, after which the whole test runs again. */
const mending: readonly ErrorAction[] = ['reopen-session', 'login', 'reinitialise', 'stop', 'retry-jitter'];
/** Actions for codes that do not tell whether the token or the request is bad. */
const doubtful: readonly ErrorAction[] = ['find-again-or-login', 'fail-canary', 'make-again', 'bad-data-canary'];

const calls = (actions: readonly ErrorAction[], error: unknown, session: TokenSession): boolean => {
  const code = ckrOf(error);
  return code !== null && actions.includes(actionFor(code, session.kind));
};

/** The error is handled by mending the session or the token: it says nothing about the algorithm. */
export const mendsSession = (error: unknown, session: TokenSession): boolean => calls(mending, error, session);

export const selfTestFailure = (error: unknown, session: TokenSession): SelfTestFailure => {
  if (error instanceof Mismatch) return { cause: 'wrong', reason: error.message };
  const code = ckrOf(error);
  const words = error instanceof Error ? error.message : String(error);
  return {
    cause: calls(doubtful, error, session) ? 'trouble' : 'refused',
    reason: code === null ? words : `${session.call}: ${ckrName(code)}`,
  };
};
