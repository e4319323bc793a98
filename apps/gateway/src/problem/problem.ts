import { type AnkaError, type ErrorCode, errors, policyRefusal, type Refusal } from '@ankasecure/contracts';
import { z } from 'zod';

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

export const problemMediaType = 'application/problem+json';

/** RFC 9457, with the stable code and the id under which the request can be found again. */
export const problem = z
  .strictObject({
    /** Stable, and the same as `code` says. */
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    /** What was wrong and what to do next. */
    detail: z.string(),
    code: z.enum(codes),
    correlationId: z.string(),
    ...policyRefusal.partial().shape,
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

export const problemType = (code: ErrorCode): string => `https://ankasecure.dev/problems/${code}`;

/** What is known of a failure: an AnkaError, or what a service answered. */
export type Failure = Pick<AnkaError, 'code' | 'detail'> & { readonly refusal?: Refusal | undefined };

export const problemOf = ({ code, detail, refusal }: Failure, correlationId: string): Problem => {
  const { status, title } = errors[code];
  return { type: problemType(code), title, status, detail, code, correlationId, ...refusal };
};

/** The headers that go with a problem of `code`. */
export const problemHeaders = (code: ErrorCode): Readonly<Record<string, string>> => ({
  'content-type': problemMediaType,
  ...(code === 'authentication-required' && { 'www-authenticate': 'Bearer' }),
  ...([429, 503].includes(errors[code].status) && { 'retry-after': '1' }),
});
