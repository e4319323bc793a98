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
  const text = await response.text();
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  return {
    status: response.status,
    headers: response.headers,
    text,
    problem: (isProblem ? JSON.parse(text) : {}) as Problem,
  };
};

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
