const header = (description: string, example: string) => ({ description, schema: { type: 'string' }, example });

/** Every header an answer may have, for `components.headers`. */
export const headers = {
  'X-Correlation-Id': header(
    'Names this request in logs and in the audit trail: yours when you sent an acceptable one.',
    'invoice-run-47',
  ),
  'Server-Timing': header(
    'Milliseconds in the HSM, in the answering service and in all (W3C Server Timing).',
    'hsm;dur=1.842, worker;dur=2.977, total;dur=4.120',
  ),
  ETag: header('Revision of the resource, for If-Match; of a key set, for If-None-Match.', '"3"'),
  'Cache-Control': header('How long the answer may be kept, and by whom.', 'public, max-age=60'),
  Location: header('Where the new resource is.', '/api/v1/keys/01939f31-07c2-7a44-8f0e-2b9d6c1a3f10'),
  'Idempotency-Replayed': header('`true` when this is the stored answer to an earlier request.', 'true'),
  RateLimit: header(
    'What is left of the tenant’s quota, and of the used key’s, where they are configured (draft-ietf-httpapi-ratelimit-headers).',
    '"tenant";r=99;t=1, "key";r=9;t=1',
  ),
  'RateLimit-Policy': header(
    'The tenant’s quota, and that of each key, where they are configured.',
    '"tenant";q=100;w=1, "key";q=10;w=1',
  ),
  Deprecation: header(
    'What was used is advised against since then, or from then on (RFC 9745); only when that is so.',
    '@1798761600',
  ),
  Sunset: header('From then on the same call will be refused (RFC 8594).', 'Sat, 01 Jan 2028 00:00:00 GMT'),
  'Retry-After': header('Seconds to wait before the request is repeated.', '1'),
  'WWW-Authenticate': header('RFC 6750.', 'Bearer'),
} as const;

export type HeaderName = keyof typeof headers;

export const refer = (...names: readonly HeaderName[]): Record<string, { $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const text = (pattern: string, maxLength: number) => ({ type: 'string', pattern, maxLength });

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of the state you decided on.',
  schema: text('^"[1-9][0-9]*"$', 17),
} as const;

/** Headers and the one query parameter that a request may have, for `components.parameters`. */
export const requestHeaders = {
  DryRun: {
    name: 'dryRun',
    in: 'query',
    description:
      'With `true` everything is checked and the answer says what would happen; the HSM is not asked, nothing is changed, and the audit trail tells it apart.',
    schema: { type: 'boolean', default: false },
  },
  CorrelationId: {
    name: 'X-Correlation-Id',
    in: 'header',
    description: 'Your name for this request. Anything unacceptable is replaced.',
    schema: text('^[A-Za-z0-9_.-]{1,64}$', 64),
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes it safe to repeat the request for 24 hours: the same key and body give the same answer, and the thing is made once. Use a UUID.',
    schema: text('^[\\x21-\\x7e]{1,255}$', 255),
  },
  IfMatch: { ...ifMatch, required: true },
  OptionalIfMatch: ifMatch,
} as const;

export const referToParameter = (name: keyof typeof requestHeaders) => ({ $ref: `#/components/parameters/${name}` });
