import { type AnkaError, type AuditEvent, type KeyQuota, type Notice, toldError } from '@ankasecure/contracts';
import type { Fence } from '../outcome/fence.js';
import { mostUrgent } from '../policy/ruling.js';
import { tightest } from '../quota/quotas.js';

/** The outcome of one item. Its body or error may be released only after its event is committed. */
export interface Attempt {
  readonly fence: Fence;
  readonly event: AuditEvent;
  /** Microseconds inside PKCS#11 calls. 0 for a failure: the time would tell which step failed. */
  readonly hsmMicros: number;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly error?: AnkaError;
  readonly notice?: Notice;
  readonly keyQuota?: KeyQuota;
}

/** The most urgent notice of all items, for the answer's headers. */
export const noticeOf = (attempts: readonly Attempt[]): { notice?: Notice } => {
  if (attempts.every((attempt) => attempt.notice === undefined)) return {};
  const notice = mostUrgent(attempts.map((attempt) => attempt.notice));
  return notice === undefined ? {} : { notice };
};

/** The tightest quota of all items, for the answer's headers. */
export const quotaOf = (attempts: readonly Attempt[]): { keyQuota?: KeyQuota } => {
  const keyQuota = tightest(attempts.map((attempt) => attempt.keyQuota));
  return keyQuota === undefined ? {} : { keyQuota };
};

/** One item of a batch's answer. */
export const itemAnswer = ({ body, error }: Attempt): unknown =>
  error === undefined ? body : { error: toldError(error) };
