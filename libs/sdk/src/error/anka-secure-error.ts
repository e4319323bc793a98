import { errorTable } from '../generated/error-table.js';

/** The codes that the API answers (`/problems` describes each), and those of the client itself. */
export type ErrorCode = keyof typeof errorTable | ClientErrorCode;

/** What happens before the API answers, or instead of it. */
export type ClientErrorCode =
  /** No answer came. Whether the request was carried out is unknown. */
  | 'connection-failed'
  /** The answer is not one of AnkaSecure, such as a page of a proxy. */
  | 'answer-unreadable'
  /** The client's own time limit has passed. */
  | 'timed-out'
  /** The token endpoint refuses the credential. */
  | 'credential-refused';

/** A problem (RFC 9457) as the API sends it, alone or in the place of a batch's item. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly type?: string;
  readonly correlationId?: string;
  readonly rule?: string;
  readonly source?: string;
  readonly reasons?: readonly PolicyReason[];
}

/** One rule of the tenant's policy that refuses a request. */
export interface PolicyReason {
  readonly rule: string;
  readonly source: string;
  readonly code: string;
  readonly detail: string;
}

export interface ErrorParts extends ErrorOptions {
  readonly status?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly retryable?: boolean | undefined;
  /** From Retry-After, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly problem?: Problem | undefined;
}

/** Every refusal and failure of a call. Programs decide by `code`, which is never renamed. */
export class AnkaSecureError extends Error {
  override readonly name: string = 'AnkaSecureError';
  readonly status: number | undefined;
  /** Names the request in the logs and in the audit trail of the platform. */
  readonly correlationId: string | undefined;
  /** Whether the same call may succeed later without a change. The client has then repeated it already, where that does no harm. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly problem: Problem | undefined;

  constructor(
    readonly code: ErrorCode,
    /** Says what is wrong and what to do. */
    readonly detail: string,
    parts: ErrorParts = {},
  ) {
    super(`${code}: ${detail}`, parts.cause === undefined ? {} : { cause: parts.cause });
    this.status = parts.status;
    this.correlationId = parts.correlationId;
    this.retryable = parts.retryable ?? isRetryable(code);
    this.retryAfterMs = parts.retryAfterMs;
    this.problem = parts.problem;
  }
}

/** As the table of errors says; false for a code of a newer platform. */
export const isRetryable = (code: string): boolean =>
  Object.hasOwn(errorTable, code) && errorTable[code as keyof typeof errorTable].retryable;
