import type { Refusal } from './refusal.js';

export interface ErrorRow {
  readonly status: number;
  readonly title: string;
  /** True if the same request may succeed later without change. */
  readonly retryable: boolean;
}

const row = (status: number, title: string, retryable = false): ErrorRow => ({ status, title, retryable });

/**
 * Every error a caller can meet: its stable code, the HTTP status and title of its problem (RFC 9457).
 * Codes are never renamed or reused. A detail says what to do next and never contains a message of the HSM or a secret.
 */
export const errors = {
  'request-invalid': row(400, 'The request is not valid'),
  'body-malformed': row(400, 'The body is not well-formed JSON'),
  'jwe-invalid': row(400, 'The JWE is not accepted'),
  'jws-invalid': row(400, 'The JWS is not accepted'),
  'cursor-invalid': row(400, 'The cursor is not valid for this request'),
  'decryption-failed': row(400, 'Decryption failed'),
  'authentication-required': row(401, 'A valid bearer token is required'),
  'access-denied': row(403, 'The role does not allow this'),
  'key-access-denied': row(403, 'No grant on the key allows this'),
  'policy-refused': row(403, 'The tenant policy refuses this'),
  'approval-required': row(403, 'A second person must approve this'),
  'approval-denied': row(403, 'The caller may not decide this request'),
  'tenant-disabled': row(403, 'The tenant is disabled'),
  'tenant-unknown': row(403, 'The token names a tenant that does not exist'),
  'route-not-found': row(404, 'No such resource'),
  'key-not-found': row(404, 'No such key or version'),
  'service-account-not-found': row(404, 'No such service account'),
  'issuer-not-found': row(404, 'No such issuer'),
  'exclusion-not-found': row(404, 'No such exclusion'),
  'connector-not-found': row(404, 'No such connector'),
  'alias-not-found': row(404, 'No such alias'),
  'key-set-not-found': row(404, 'No such key set'),
  'partition-not-found': row(404, 'No such HSM partition'),
  'checkpoint-not-found': row(404, 'No such checkpoint'),
  'tile-not-found': row(404, 'No such tile'),
  'approval-not-found': row(404, 'No such request for approval'),
  // Another tenant's id gets the same answer as an unknown id.
  'tenant-mismatch': row(404, 'No such tenant'),
  'policy-version-not-found': row(404, 'No such policy version'),
  'policy-template-not-found': row(404, 'No such policy template'),
  'method-not-allowed': row(405, 'The resource does not support this method'),
  'request-timeout': row(408, 'The request did not arrive in time', true),
  'tenant-exists': row(409, 'A tenant with this slug exists'),
  'issuer-exists': row(409, 'An issuer with this name exists'),
  'subject-prefix-taken': row(409, 'Another issuer has these subjects'),
  'issuers-overlap': row(409, 'Two issuers can name the same people'),
  'key-state': row(409, 'The state of the key does not allow this'),
  'former-kid-taken': row(409, 'Another key of the tenant has this former kid'),
  'kek-retired': row(409, 'The key is wrapped by a retired KEK'),
  'approval-state': row(409, 'The state of the request for approval does not allow this'),
  'trail-unsound': row(409, 'No refused audit trail was proved sound'),
  'idempotency-in-flight': row(409, 'A request with this Idempotency-Key is still running', true),
  'policy-pending': row(409, 'An earlier policy change is still being applied', true),
  'precondition-failed': row(412, 'The resource has changed'),
  'body-too-large': row(413, 'The body is too large'),
  'media-type-unsupported': row(415, 'The media type is not supported'),
  'expectation-failed': row(417, 'The expectation cannot be met'),
  'purpose-mismatch': row(422, 'The purpose of the key does not allow this'),
  'algorithm-mismatch': row(422, 'The algorithm does not match the key'),
  'wrapping-key-weak': row(422, 'The wrapping key is weaker than the key it wraps'),
  'algorithm-unavailable': row(422, 'The algorithm is not available on this token'),
  'key-exhausted': row(422, 'The key has reached its invocation limit'),
  'idempotency-mismatch': row(422, 'The Idempotency-Key was used with another body'),
  'precondition-required': row(428, 'If-Match is required'),
  'quota-exceeded': row(429, 'Too many requests', true),
  'header-too-large': row(431, 'The request header is too large'),
  'internal-error': row(500, 'Internal error'),
  'transfer-coding-unsupported': row(501, 'The transfer coding is not supported'),
  'service-unavailable': row(503, 'A service is not available', true),
  'hsm-unavailable': row(503, 'The HSM is not available', true),
  'hsm-timeout': row(503, 'The HSM did not answer in time', true),
  'hsm-error': row(502, 'The HSM reported an error', false),
  'record-outdated': row(500, 'A stored record is older than the audit trail'),
  'key-blob-refused': row(500, 'The stored key does not match its record'),
  'record-forged': row(500, 'A stored record is not one that the platform wrote'),
  'event-unproven': row(500, 'An event does not carry the proof of the process that reports it'),
  'platform-key-unrecorded': row(500, 'The HSM holds a platform key that no record names'),
  'audit-unavailable': row(503, 'The audit trail cannot record the request', true),
  'policy-not-applied': row(503, 'The policy change is not confirmed on every worker', true),
  'decision-outdated': row(503, 'The key or the policy changed while the request ran', true),
  'clock-skew': row(503, 'The clocks of the platform disagree', true),
  'deadline-exceeded': row(504, 'The request did not finish in time', true),
  'http-version-unsupported': row(505, 'The HTTP version is not supported'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code);

/** The error that crosses services: a code of the table and a sentence for the caller. */
export class AnkaError extends Error {
  override readonly name = 'AnkaError';
  /** With `approval-required`: the revision of the resource, if it has one. */
  readonly revision: number | undefined;
  /** With `policy-refused`: the rules that refuse the request. */
  readonly refusal: Refusal | undefined;
  constructor(
    readonly code: ErrorCode,
    /** A sentence for the caller: what is wrong and what to do next. It never contains a secret or a message of the HSM. */
    readonly detail: string = errors[code].title,
    options: ErrorOptions & { readonly revision?: number | undefined; readonly refusal?: Refusal | undefined } = {},
  ) {
    super(`${code}: ${detail}`, options);
    this.revision = options.revision;
    this.refusal = options.refusal;
  }
  get retryable(): boolean {
    return errors[this.code].retryable;
  }
}

/** A key that the tenant does not have, which the request names by its id or alias. */
export class NoSuchKey extends AnkaError {
  constructor() {
    super('key-not-found', 'The tenant has no key with this id or alias. Read /keys and /aliases.');
  }
}
export const noSuchKey = (): AnkaError => new NoSuchKey();

/** An alias that the tenant does not have, in a request that names its key by it. */
export const noKeyOfAlias = (): AnkaError =>
  new AnkaError('alias-not-found', 'alias: the tenant has no alias with this name. Read /aliases.');

/** A kid that no key of the tenant has, where nothing else names the key. */
export const noKeyOfKid = (): AnkaError =>
  new AnkaError(
    'key-not-found',
    'The header’s kid names no key of the tenant, as its own or as one of its formerKids. Send keyId or alias.',
  );

/** A version that a kid in our own form names, of a key that the tenant has, where nothing else names the key. */
export const noVersionOfKid = (version: number): AnkaError =>
  new AnkaError(
    'key-not-found',
    `The header’s kid names version ${version} of a key of the tenant, which has no such version. Send keyId or alias.`,
  );

/** A key that the tenant has, without this version. */
export const noSuchVersion = (version: number): AnkaError =>
  new AnkaError(
    'key-not-found',
    `The key exists, and has no version ${version}. Read its versions at /keys/{id}/versions.`,
  );

/** A name that no HSM partition of the platform has. Only administrators of the platform name partitions, and may know all of them. */
export const noSuchPartition = (names: readonly string[]): AnkaError =>
  new AnkaError(
    'partition-not-found',
    `partition: the platform has no HSM partition with this name. It has: ${names.join(', ')}.`,
  );

/** The detail of `tenant-disabled`. */
export const disabledTenant = 'The tenant is disabled. The platform’s administrators can enable it.';

const recorded = new WeakSet<AnkaError>();

/** Notes that an event of the trail tells of the error, so that nobody records it again on its way to the caller. */
export const onRecord = (error: AnkaError): AnkaError => {
  recorded.add(error);
  return error;
};

export const isOnRecord = (error: AnkaError): boolean => recorded.has(error);

/** The form of an error on the bus. */
export const failureOf = (error: AnkaError) => {
  const { code, retryable, detail, refusal } = error;
  return {
    code,
    retryable,
    detail,
    ...(refusal !== undefined && { refusal }),
    ...(isOnRecord(error) && { onRecord: true as const }),
  };
};

/** The error that another service answered. */
export const answeredError = ({
  code,
  detail,
  refusal,
  onRecord: isKnown,
}: Pick<AnkaError, 'code' | 'detail'> & {
  readonly refusal?: Refusal | undefined;
  readonly onRecord?: true | undefined;
}): AnkaError => {
  const error = new AnkaError(code, detail, { refusal });
  return isKnown === true ? onRecord(error) : error;
};

/** The form of an error inside a successful answer: of an item of a batch or of a dry run. */
export const toldError = ({ code, detail, refusal }: AnkaError) => ({
  code,
  status: errors[code].status,
  title: errors[code].title,
  detail,
  ...refusal,
});
