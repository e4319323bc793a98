import { hash } from 'node:crypto';
import type { Preconditions } from '@ankasecure/contracts';
import { parseJson } from '@ankasecure/service-kit';

/** The identity of a request with an Idempotency-Key: its caller, its preconditions and its body. */
export interface Identified extends Preconditions {
  /** The caller's issuer and subject. Another caller does not get the stored answer to an equal request. */
  readonly caller: Buffer;
  readonly body: Buffer;
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
};

/** One text for all ways to write the same JSON value: no blanks, members in one order, numbers and escapes in one form (as RFC 8785). */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

/**
 * SHA-256 of the request. The body counts as a JSON value, not as bytes: a client library may write it differently the next time.
 * @throws AnkaError `body-malformed`, `request-invalid` for a body that no service would accept
 */
export const identityOf = ({ caller, body, ifMatch, ifNoneMatch }: Identified): Buffer => {
  const request = canonicalJson([ifMatch ?? null, ifNoneMatch ?? null, parseJson(body)]);
  return hash('sha256', Buffer.concat([caller, Buffer.from(request)]), 'buffer');
};
