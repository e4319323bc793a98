import { type AnkaError, type ErrorCode, errors, policyRefusal, type Refusal } from '@ankasecure/contracts';
import { z } from 'zod';

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

export const problemMediaType = 'application/problem+json';

/** A problem (RFC 9457), with a stable code and the correlation id of the request. */
export const problem = z
  .strictObject({
    type: z
      .string()
      .describe('The address of a page about `code`: its cause and its remedy.')
      .meta({ format: 'uri-reference' }),
    title: z.string(),
    status: z.number().int(),
    /** The error and the next step for the caller. */
    detail: z.string(),
    code: z.enum(codes),
    correlationId: z.string(),
    ...policyRefusal.partial().shape,
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

/** The path of the pages that the gateway serves about problems. The code of a problem follows it. */
export const problemPath = '/problems/';

/** The request that a problem answers. */
export interface ProblemRequest {
  /** The correlation id. */
  readonly id: string;
  /** What comes before the code in `type`: `problemPath`, or an address that the operator chose. See `problems.golden.md`. */
  readonly problemTypes: string;
}

/** A failure: an AnkaError, or a service's failure reply. */
export type Failure = Pick<AnkaError, 'code' | 'detail'> & {
  readonly refusal?: Refusal | undefined;
  /** See `TryLater`. */
  readonly retryAfterSeconds?: number;
};

export const problemOf = (
  { code, detail, refusal }: Failure,
  { id: correlationId, problemTypes }: ProblemRequest,
): Problem => {
  const { status, title } = errors[code];
  return { type: `${problemTypes}${code}`, title, status, detail, code, correlationId, ...refusal };
};

/** The scheme that a caller must use. A challenge of it has at least one parameter (RFC 6750 §3). */
const challenge = 'Bearer realm="ankasecure"';

/** The challenge to a caller whose token is not accepted. A caller without a token learns of no error (RFC 6750 §3.1). */
export const challengeTo = (authorization: string | undefined): string =>
  /^Bearer /i.test(authorization ?? '') ? `${challenge}, error="invalid_token"` : challenge;

/** The headers of a problem with `code`. */
export const problemHeaders = (code: ErrorCode): Readonly<Record<string, string>> => ({
  'content-type': problemMediaType,
  ...(code === 'authentication-required' && { 'www-authenticate': challenge }),
  ...(errors[code].retryable && { 'retry-after': '1' }),
});
