const header = (description: string, example: string) => ({ description, schema: { type: 'string' }, example });

/** Every header of an answer, for `components.headers`. */
export const headers = {
  'X-Correlation-Id': header(
    'Identifies the request in logs and in the audit trail. It is the value you sent, if that was valid.',
    'invoice-run-47',
  ),
  'X-Request-Id': header(
    'The same as X-Correlation-Id. Sent if the request has this header, whose value is taken if it has no valid X-Correlation-Id.',
    'invoice-run-47',
  ),
  'Server-Timing': header(
    'Milliseconds spent in the HSM, in the answering service and in total (W3C Server Timing).',
    'hsm;dur=1.842, worker;dur=2.977, total;dur=4.120',
  ),
  ETag: header(
    'Revision of the resource. Send it as If-Match when you change the resource, and as If-None-Match to read it only if it is another. A part after a point names what a date or a pending change shows beside the revision; a change ignores it.',
    '"3"',
  ),
  'Cache-Control': header('Who may cache the answer, and for how long.', 'public, max-age=60'),
  Location: header('Path of the new resource.', '/api/v1/keys/01939f31-07c2-7a44-8f0e-2b9d6c1a3f10'),
  'Idempotency-Replayed': header('`true` if the answer is the stored answer to an earlier request.', 'true'),
  RateLimit: header(
    'Remaining quota of the tenant and of the key, where configured (draft-ietf-httpapi-ratelimit-headers).',
    '"tenant";r=99;t=1, "key";r=9;t=1',
  ),
  'RateLimit-Policy': header(
    'Quota of the tenant and of each key, where configured.',
    '"tenant";q=100;w=1, "key";q=10;w=1',
  ),
  Deprecation: header(
    'Time from which the use of this algorithm is deprecated (RFC 9745). Sent only if it is.',
    '@1798761600',
  ),
  Sunset: header('Time from which the same call will be refused (RFC 8594).', 'Sat, 01 Jan 2028 00:00:00 GMT'),
  'Retry-After': header('Seconds to wait before the request is repeated.', '1'),
  'WWW-Authenticate': header('Authentication scheme (RFC 6750).', 'Bearer realm="ankasecure"'),
} as const;

export type HeaderName = keyof typeof headers;

export const refer = (...names: readonly HeaderName[]): Record<string, { $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const text = (pattern: string, maxLength: number) => ({ type: 'string', pattern, maxLength });

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description:
    'ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match.',
  schema: { type: 'string' },
} as const;
const ifNoneMatch = { name: 'If-None-Match', in: 'header', schema: { type: 'string' } } as const;

/** The headers and the one query parameter of a request, for `components.parameters`. */
export const requestHeaders = {
  DryRun: {
    name: 'dryRun',
    in: 'query',
    description:
      'If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run.',
    schema: { type: 'boolean', default: false },
  },
  CorrelationId: {
    name: 'X-Correlation-Id',
    in: 'header',
    description: 'Your identifier for this request. An invalid value is replaced.',
    schema: text('^[A-Za-z0-9_.-]{1,64}$', 64),
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID.',
    schema: text('^[\\x21-\\x7e]{1,255}$', 255),
  },
  IfMatch: { ...ifMatch, required: true },
  OptionalIfMatch: ifMatch,
  IfNoneMatch: {
    ...ifNoneMatch,
    description:
      'ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2).',
  },
  IfModified: {
    ...ifNoneMatch,
    description:
      'ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2).',
  },
} as const;

export const referToParameter = (name: keyof typeof requestHeaders) => ({ $ref: `#/components/parameters/${name}` });
