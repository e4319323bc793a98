import { errors, type Notice, type ReplyHead } from '@ankasecure/contracts';
import type { RawReply } from '@ankasecure/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemRequest, problemHeaders, problemOf } from '../problem/problem.js';
import { etagOf, readOf } from './precondition.js';
import { basePath, type Route } from './route.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const json = { 'content-type': 'application/json' };

/** The values of RFC 9745 §2.1 (a structured date in seconds) and RFC 8594 §3 (an HTTP-date, also in whole seconds). */
const noticeHeaders = ({ deprecation, sunset }: Notice): Record<string, string> => ({
  ...(deprecation !== undefined && { deprecation: `@${Math.floor(Date.parse(deprecation) / 1000)}` }),
  ...(sunset !== undefined && { sunset: new Date(sunset).toUTCString() }),
});

const successHeaders = (
  route: Route,
  { revision, variant, id, notice }: ReplyHead & { ok: true },
): Record<string, string> => ({
  ...json,
  ...(revision !== undefined && { etag: etagOf(revision, variant) }),
  ...(route.location !== undefined && id !== undefined && { location: `${basePath}${route.location}/${id}` }),
  ...(notice !== undefined && noticeHeaders(notice)),
});

/** The HTTP answer to a service's reply: the reply's bytes and the headers of its head, or a problem. */
export const answerOf = (route: Route, { head, body }: RawReply, request: ProblemRequest): Answer => {
  if (head.ok) return { status: route.status, headers: successHeaders(route, head), body };
  const problem = problemOf(head.error, request);
  return {
    status: problem.status,
    headers: problemHeaders(head.error.code),
    body: Buffer.from(JSON.stringify(problem)),
  };
};

export const isRefusal = ({ status }: Answer): boolean => status >= 400;

/** Codes that are not final: the outcome is unknown, a repetition can succeed, or a grant can change it. */
export const isFinal = ({ head }: RawReply): boolean =>
  head.ok || (errors[head.error.code].status < 500 && !head.error.retryable && head.error.code !== 'key-access-denied');

/** Sends the answer to a read, unless the caller has it already (RFC 9110 §13.2.2). @throws AnkaError `precondition-failed`, `request-invalid` */
export const sendRead = (reply: FastifyReply, request: FastifyRequest, answer: Answer): FastifyReply => {
  if (answer.status !== 200 || readOf(answer.headers['etag'], request.headers) === 'answer')
    return sendAnswer(reply, answer);
  const { 'content-type': _, ...headers } = answer.headers;
  return reply.code(304).headers(headers).send();
};

export const sendAnswer = (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply =>
  reply.code(status).headers(headers).send(body);
