import { randomUUID } from 'node:crypto';

export interface Reply<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON, or undefined if the text is not JSON. */
  readonly body: Body;
  readonly correlationId: string;
}

/** The outcome of a call: `ok`, or the code of its problem, or its status if it has no code. */
export const outcomeOf = ({ status, body }: Reply): string =>
  status < 300 ? 'ok' : ((body as { code?: string } | undefined)?.code ?? String(status));

export interface RequestParts {
  /** Bytes and strings are sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A client of the REST API for one caller. */
export interface Client {
  /** Returns any answer. @param path below `/api/v1` */
  send<Body = unknown>(method: Method, path: string, sending?: RequestParts): Promise<Reply<Body>>;
  /** Returns the body of a 2xx answer. @throws Error for any other status */
  get<Body>(path: string): Promise<Body>;
  post<Body>(path: string, body: unknown, headers?: RequestParts['headers']): Promise<Body>;
  put<Body>(path: string, body: unknown, headers?: RequestParts['headers']): Promise<Body>;
}

const encoded = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** @param token is sent as the bearer token. undefined sends none */
export const clientOf = (baseUrl: string, token?: string): Client => {
  const send: Client['send'] = async <Body>(method: Method, path: string, sending: RequestParts = {}) => {
    const { body, headers, timeoutMs = 90_000 } = sending;
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        'x-correlation-id': randomUUID(),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: encoded(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const correlationId = response.headers.get('x-correlation-id') ?? '';
    return { status: response.status, headers: response.headers, text, body: parsed(text) as Body, correlationId };
  };
  const wanted = async <Body>(method: Method, path: string, sending?: RequestParts): Promise<Body> => {
    const { status, text, body } = await send<Body>(method, path, sending);
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${text.slice(0, 500)}`);
    return body;
  };
  return {
    send,
    get: (path) => wanted('GET', path),
    post: (path, body, headers = {}) => wanted('POST', path, { body, headers }),
    put: (path, body, headers = {}) => wanted('PUT', path, { body, headers }),
  };
};
