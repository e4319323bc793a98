import {
  AnkaSecureError,
  type ErrorCode,
  type ErrorParts,
  type PolicyReason,
  type Problem,
} from './anka-secure-error.js';

/** 400, 413, 415, 422 and the like: the request must be changed. */
export class RequestError extends AnkaSecureError {
  override readonly name = 'RequestError';
}

/** 401, or a refused credential: get a new token or correct the credential. */
export class AuthenticationError extends AnkaSecureError {
  override readonly name = 'AuthenticationError';
}

/** 403: a role, a grant, an approval or a right is missing. */
export class AccessError extends AnkaSecureError {
  override readonly name = 'AccessError';
}

/** 403 `policy-refused`: the tenant's policy forbids the call. */
export class PolicyError extends AnkaSecureError {
  override readonly name = 'PolicyError';
  /** The rules that refuse, and why. */
  get reasons(): readonly PolicyReason[] {
    return this.problem?.reasons ?? [];
  }
}

/** 404: the tenant has no such thing. */
export class NotFoundError extends AnkaSecureError {
  override readonly name = 'NotFoundError';
}

/** 409, 412, 428: the state of the resource does not allow the call. */
export class ConflictError extends AnkaSecureError {
  override readonly name = 'ConflictError';
}

/** 429: the quota is used up until `retryAfterMs` has passed. */
export class QuotaError extends AnkaSecureError {
  override readonly name = 'QuotaError';
}

/** 5xx: the platform, or a part of it, cannot answer. */
export class UnavailableError extends AnkaSecureError {
  override readonly name = 'UnavailableError';
}

/** No answer came, or none of AnkaSecure. */
export class ConnectionError extends AnkaSecureError {
  override readonly name = 'ConnectionError';
}

/** The time limit of the call has passed. Whether it was carried out is unknown. */
export class TimeoutError extends AnkaSecureError {
  override readonly name = 'TimeoutError';
}

type Family = new (code: ErrorCode, detail: string, parts?: ErrorParts) => AnkaSecureError;

const byCode: Readonly<Record<string, Family>> = { 'policy-refused': PolicyError };
const byStatus: Readonly<Record<number, Family>> = {
  401: AuthenticationError,
  403: AccessError,
  404: NotFoundError,
  409: ConflictError,
  412: ConflictError,
  428: ConflictError,
  429: QuotaError,
};

/** The error of a problem. @param parts what the answer's headers say */
export const errorOf = (
  problem: Problem,
  parts: Pick<ErrorParts, 'correlationId' | 'retryAfterMs'> = {},
): AnkaSecureError => {
  const { code, status, detail, title } = problem;
  const family = byCode[code] ?? byStatus[status] ?? (status >= 500 ? UnavailableError : RequestError);
  return new family(code as ErrorCode, detail === '' ? title : detail, {
    status,
    problem,
    correlationId: problem.correlationId ?? parts.correlationId,
    retryAfterMs: parts.retryAfterMs,
  });
};
