import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorCode, newId } from '@ankasecure/contracts';
import { type Failure, problemHeaders, problemOf } from '../problem/problem.js';
import { correlationHeader } from './correlation.js';
import { serverTiming } from './server-timing.js';

const refusals: Readonly<Record<string, Failure>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'header-too-large',
    detail: 'The request line and the headers may have at most 16 KiB together',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: 'body-too-large', detail: 'Send the body without chunk extensions' },
  CONNECT: { code: 'request-invalid', detail: 'The gateway is no proxy: do not send CONNECT' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request-timeout', detail: 'The request did not arrive in time. Send it again.' },
};
const malformed: Failure = { code: 'request-invalid', detail: 'The request is not valid HTTP/1.1' };

/** The headers and the problem types of every last response. */
export interface LastWords {
  readonly headers: Readonly<Record<string, string>>;
  /** See `ProblemRequest`. */
  readonly problemTypes: string;
}

/** A complete HTTP response for a connection that cannot be used any more. */
export const lastWords = (errorCode: string | undefined, { headers: common, problemTypes }: LastWords): string => {
  const failure = refusals[errorCode ?? ''] ?? malformed;
  const correlationId = newId();
  const body = problemOf(failure, { id: correlationId, problemTypes });
  const json = JSON.stringify(body);
  const headers = {
    ...common,
    ...problemHeaders(failure.code satisfies ErrorCode),
    'content-length': String(Buffer.byteLength(json)),
    [correlationHeader]: correlationId,
    'server-timing': serverTiming({ elapsedTime: 0, hsmMicros: undefined, workerMicros: undefined }),
    'cache-control': 'no-store',
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}`, ...lines, '', json].join('\r\n');
};

/** Whether TLS failed or the connection closed. A response that is never sent would keep it open. */
const isOver = ({ code }: NodeJS.ErrnoException, socket: Socket): boolean =>
  code === 'ECONNRESET' || code?.startsWith('ERR_SSL_') === true || !socket.writable;

/** Answers CONNECT, which Node offers to no handler. */
export const connectHandler =
  (words: LastWords) =>
  (_: unknown, socket: Duplex): void =>
    void socket.on('error', () => socket.destroy()).end(lastWords('CONNECT', words), () => socket.destroy());

/**
 * Answers a request that Node's HTTP parser rejected, and closes the connection.
 * @param refused connections that have their last answer, or get it soon
 */
export const clientErrorHandler =
  (words: LastWords, refused: WeakMap<Socket, ServerResponse>) =>
  (error: NodeJS.ErrnoException, socket: Socket): void => {
    const last = refused.get(socket);
    if (isOver(error, socket)) socket.destroy();
    else if (last?.writableEnded === false) last.once('finish', () => socket.destroySoon());
    else if (last !== undefined) socket.destroySoon();
    else socket.end(lastWords(error.code, words), () => socket.destroy());
  };
