import { request } from 'node:http';
import { connect } from 'node:net';
import type { Problem } from '../problem/problem.js';
import type { Gateway } from './rig.js';

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly problem: Problem;
}

export interface CallOptions {
  readonly token?: string | undefined;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one request to the API. A body is sent as JSON unless a header says otherwise. */
export const call = async (
  gateway: Gateway,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<CallAnswer> => {
  const { token, body, headers } = options;
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  return answerOf(response.status, response.headers, await response.text());
};

const answerOf = (status: number, headers: Headers, text: string): CallAnswer => {
  const isProblem = headers.get('content-type') === 'application/problem+json';
  return { status, headers, text, problem: (isProblem && text !== '' ? JSON.parse(text) : {}) as Problem };
};

/** Sends a request that `fetch` does not send, such as a GET with a body, on a connection of its own. */
export const callAnyhow = (
  gateway: Gateway,
  method: string,
  path: string,
  { token, body = '', headers = {} }: CallOptions,
): Promise<CallAnswer> =>
  new Promise((resolve, reject) => {
    const sent = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers };
    const length = body.length === 0 ? {} : { 'content-length': String(body.length) };
    const asked = request(
      `${gateway.url}${path}`,
      { method, agent: false, headers: { ...length, ...sent } },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        reply.on('error', reject).on('end', () => {
          const type = { 'content-type': reply.headers['content-type'] ?? '' };
          resolve(answerOf(reply.statusCode ?? 0, new Headers(type), text));
        });
      },
    );
    asked.on('error', reject).end(body);
  });

/** Sends bytes on a new connection. @returns everything received until it closes or is idle for `idleMs` */
export const talk = (gateway: Gateway, bytes: string, idleMs = 3000): Promise<string> =>
  new Promise((resolve) => {
    let heard = '';
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
