import type { IncomingMessage } from 'node:http';
import { AnkaError, type ErrorCode } from '@ankasecure/contracts';

/** A reason why no route takes a request, whatever its path. */
interface Rule {
  readonly fails: (request: IncomingMessage) => boolean;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Fields that a request has once. Node takes the first of two, and a proxy before the gateway can take the second. */
const single: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-type',
  'expect',
  'host',
  'idempotency-key',
  'transfer-encoding',
]);

const hasTwice = ({ rawHeaders }: IncomingMessage): boolean => {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!single.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
};

/** A host and a port (RFC 9110 §7.2). It is empty if the target has none. */
const host = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::\d{0,5})?$/;

/** Node refuses any other expectation with an answer of its own. */
const continues = /(?:^|\W)100-continue(?:$|\W)/i;

const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const withBody: ReadonlySet<string | undefined> = new Set(['POST', 'PUT', 'PATCH', 'QUERY']);

const rules: readonly Rule[] = [
  {
    // Node parses HTTP/0.9 and HTTP/2.0 in a request line as if they were HTTP/1.x.
    fails: ({ httpVersion }) => httpVersion !== '1.1' && httpVersion !== '1.0',
    code: 'http-version-unsupported',
    detail: 'Send HTTP/1.1',
  },
  {
    fails: ({ httpVersion, headers }) => httpVersion === '1.1' && headers.host === undefined,
    code: 'request-invalid',
    detail: 'Send a Host header, which HTTP/1.1 requires',
  },
  {
    fails: hasTwice,
    code: 'request-invalid',
    detail: 'Send Host, Authorization, Idempotency-Key, Expect and the headers that describe the body only once',
  },
  {
    fails: ({ headers }) => headers.host !== undefined && !host.test(headers.host),
    code: 'request-invalid',
    detail: 'Host must be a host name or an address, with a port if it is not the default',
  },
  {
    fails: ({ url = '' }) => /[^\x21-\x7e]|#/.test(url),
    code: 'request-invalid',
    detail: 'The target must be visible ASCII without a fragment: write # and other characters percent-encoded',
  },
  {
    fails: ({ headers }) => headers.expect !== undefined && !continues.test(headers.expect),
    code: 'expectation-failed',
    detail: 'Leave Expect out, or send Expect: 100-continue',
  },
  {
    fails: ({ httpVersion, headers }) => httpVersion !== '1.1' && headers['transfer-encoding'] !== undefined,
    code: 'request-invalid',
    detail: 'Transfer-Encoding requires HTTP/1.1',
  },
  {
    fails: ({ headers }) => (headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked',
    code: 'transfer-coding-unsupported',
    detail: 'Send the body with a Content-Length, or with Transfer-Encoding: chunked and no other coding',
  },
  {
    fails: (request) => !withBody.has(request.method) && announcesBody(request),
    code: 'request-invalid',
    detail: 'Send this method without a body',
  },
  {
    fails: ({ headers }) => (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity',
    code: 'media-type-unsupported',
    detail: 'Send the body without a Content-Encoding',
  },
  {
    fails: ({ headers }) => (charset.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8').toLowerCase() !== 'utf-8',
    code: 'media-type-unsupported',
    detail: 'Send the body in UTF-8',
  },
];

/**
 * Refuses what HTTP forbids and what two recipients could read differently. Node and Fastify accept it, or refuse it without
 * a problem.
 * @throws AnkaError `request-invalid` (RFC 9112 §3.2, §6.1), `expectation-failed` (RFC 9110 §10.1.1),
 * `transfer-coding-unsupported` (RFC 9112 §6.1), `media-type-unsupported` (RFC 9110 §8.4), `http-version-unsupported`
 * (RFC 9110 §15.6.6)
 */
export const assertAcceptable = (request: IncomingMessage): void => {
  const broken = rules.find(({ fails }) => fails(request));
  if (broken !== undefined) throw new AnkaError(broken.code, broken.detail);
};
