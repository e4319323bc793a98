import { ckrName, ckrOf } from '../cryptoki/ckr.js';
import { actionFor, type ErrorAction } from '../cryptoki/error-policy.js';
import { Mismatch } from '../kind/self-test.js';
import type { TokenSession } from '../session/token-session.js';

export interface SelfTestFailure {
  /**
   * `trouble`: a code that the token's state or the algorithm may cause; `refused`: the token does not support it; `wrong`:
   * the token did something other than expected.
   */
  readonly cause: 'trouble' | 'refused' | 'wrong';
  /** For logs. Only the reason of `wrong` contains no words of the token. */
  readonly reason: string;
}

/** Actions that repair the session or the token, after which the whole test runs again. */
const mending: readonly ErrorAction[] = ['reopen-session', 'login', 'reinitialise', 'stop', 'retry-jitter'];
/** Actions for codes that do not tell whether the token or the request is at fault. */
const doubtful: readonly ErrorAction[] = ['find-again-or-login', 'fail-canary', 'make-again', 'bad-data-canary'];

const calls = (actions: readonly ErrorAction[], error: unknown, session: TokenSession): boolean => {
  const code = ckrOf(error);
  return code !== null && actions.includes(actionFor(code, session.kind));
};

/** Tells whether repairing the session or the token handles the error: then it says nothing about the algorithm. */
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
