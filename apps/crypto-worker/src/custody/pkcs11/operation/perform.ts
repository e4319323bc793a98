import { importFailures } from '../../import-failure.js';
import { ckrOf } from '../cryptoki/ckr.js';
import { actionFor, type ErrorAction, repeating } from '../cryptoki/error-policy.js';
import type { Reply, Request } from '../job/frame.js';
import { status } from '../job/job.js';
import { BadMaterial } from '../session/bad-material.js';
import {
  BadData,
  BlobRefused,
  harmless,
  KeyMissing,
  LoginLost,
  ObjectRefused,
  TokenChanged,
  type TokenSession,
} from '../session/token-session.js';
import { handlers } from './handlers.js';
import { nextLooksMs, sleep } from './next-look.js';

const jitterLimitMs = 5_000;
const mostMakings = 3;
/**
 * A token that has restarted fails a job several times: it has forgotten the session, then the key, and for a wrapped key the KEK and
 * the MAC key too.
 */
const mostHealings = 4;

/** The status of a job whose action is not to retry. */
const endings: Readonly<Record<ErrorAction, number>> = {
  'reopen-session': status.failedCanary,
  'find-again': status.failedCanary,
  'find-again-or-login': status.failedCanary,
  login: status.needsLogin,
  reinitialise: status.needsReinitialise,
  'bad-data': status.badData,
  'bad-data-canary': status.badDataCanary,
  'fail-canary': status.failedCanary,
  'retry-jitter': status.failed,
  'make-again': status.failedCanary,
  stop: status.stop,
  fail: status.failed,
};

/**
 * Tokens blame the caller's data where the key is gone: kryoptic answers GENERAL_ERROR to an unwrap after a logout. So the key,
 * an object of the token or one that was unwrapped, is looked at before the caller is told that the data is bad, whatever the data.
 */
const blamingData: readonly ErrorAction[] = ['bad-data', 'bad-data-canary'];

const plainEndings = [
  [BadData, status.badData],
  [BlobRefused, status.blobRefused],
  [KeyMissing, status.keyMissing],
  [LoginLost, status.needsLogin],
  [ObjectRefused, status.objectRefused],
  [TokenChanged, status.needsReinitialise],
] as const;

interface Ending {
  readonly status: number;
  readonly code: number;
}

/** The attempts at one job that have failed. */
interface Attempts {
  readonly startedAt: number;
  /** Attempts that found no object. They are counted apart: a token that has just recovered may need some of both. */
  looks: number;
  others: number;
  /** The session failed to tell what has become of the key or the login. */
  isMute: boolean;
}

/** The token has forgotten the key, and so perhaps others and the login. @returns null to retry the job */
const afterLoss = (session: TokenSession, code: number): Ending | null => {
  session.forgetHandles();
  return session.loggedIn() ? null : { status: status.needsLogin, code };
};

/** Waits for others to be done. The token may be full, also of what this lane keeps. @returns null to retry the job */
const afterPause = (session: TokenSession, attempt: number): null => {
  if (attempt > 0) session.forgetUnwrapped('all');
  sleep(Math.random() * 20);
  return null;
};

/** @returns the status of the job, or null to retry it */
const judge = (session: TokenSession, error: unknown, attempts: Attempts): Ending | null => {
  const nextLookMs = nextLooksMs[attempts.looks];
  if (error instanceof KeyMissing && nextLookMs !== undefined) {
    attempts.looks++;
    sleep(nextLookMs);
    return null;
  }
  const attempt = attempts.others++;
  const plain = plainEndings.find(([type]) => error instanceof type);
  if (plain) return { status: plain[1], code: 0 };
  const code = ckrOf(error);
  if (code === null) {
    session.close();
    return { status: status.failed, code: 0 };
  }
  const action = actionFor(code, session.kind);
  const blames = blamingData.includes(action);
  // A session that the token has forgotten could not tell what has become of the key.
  if (blames || !harmless.includes(code)) session.close();
  const end = { status: endings[action], code };
  if (repeating.includes(action)) {
    const over =
      action === 'make-again' ? attempt + 1 >= mostMakings : performance.now() - attempts.startedAt > jitterLimitMs;
    return over ? end : afterPause(session, attempt);
  }
  if (blames && (attempts.isMute || session.hasLostUsed()))
    return attempts.isMute || attempt >= mostHealings
      ? { status: status.failedCanary, code }
      : afterLoss(session, code);
  if (attempt >= mostHealings) return end;
  if (action === 'reopen-session') return null;
  if (action === 'find-again' || action === 'find-again-or-login') {
    if (attempt === 0) session.forgetUsed();
    else session.forgetHandles();
    return action === 'find-again' || session.loggedIn() ? null : { status: status.needsLogin, code };
  }
  return end;
};

/** Like `judge`, also if asking the session for its key or its login fails. */
const judgeSafely = (session: TokenSession, error: unknown, attempts: Attempts): Ending | null => {
  try {
    return judge(session, error, attempts);
  } catch (second) {
    attempts.others = mostHealings;
    attempts.isMute = true;
    return judge(session, second, attempts);
  }
};

const micros = (since: number): number => Math.min(0x7fffffff, Math.round((performance.now() - since) * 1000));

/** What failed, for the log. Material is judged after its calls, the last of which has nothing to do with the judgement. */
const detailOf = (error: unknown, call: string, { code }: Ending): string => {
  if (error instanceof BadMaterial) return importFailures[error.code];
  return code === 0 && error instanceof Error ? `${call}: ${error.message}` : call;
};

/** Runs one job, with the retries that the error policy allows inside a lane. Never throws. */
export const perform = (session: TokenSession, request: Request & { readonly parts: Buffer[] }): Reply => {
  const startedAt = performance.now();
  const handler = handlers[request.operation];
  if (!handler) return { status: status.failed, code: 0, micros: 0, parts: [Buffer.from('unknown operation')] };
  const attempts: Attempts = { startedAt, looks: 0, others: 0, isMute: false };
  for (;;) {
    session.allCalls = null;
    session.trial = null;
    try {
      const parts = handler(session, request.variant, request.parts);
      return { status: status.done, code: 0, micros: micros(startedAt), parts };
    } catch (error) {
      const call = session.call;
      const ending = judgeSafely(session, error, attempts);
      if (!ending) continue;
      const detail = detailOf(error, call, ending);
      const told = error instanceof BadMaterial ? error.code : session.trial;
      const parts = [detail, ...(told === null ? [] : [told])].map((text) => Buffer.from(text));
      return { ...ending, micros: micros(startedAt), parts };
    }
  }
};
