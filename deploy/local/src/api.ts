import { LocalError } from './failure.js';

/** A problem of the gateway (RFC 9457). */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
}

/** A client of a gateway's REST API for one caller. */
export interface Api {
  get<Reply>(path: string): Promise<Reply>;
  post<Reply>(path: string, body: unknown): Promise<Reply>;
  put<Reply>(path: string, body: unknown): Promise<Reply>;
}

/** An answer with a status other than 2xx. */
export class ApiError extends LocalError {
  constructor(
    what: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${what} returned ${status} ${problem.code ?? ''}: ${problem.detail ?? problem.title ?? ''}`);
  }
}

/** @param token is sent as the bearer token. Every call throws ApiError unless the status is 2xx */
export const apiOf = (baseUrl: string, token: string): Api => {
  const call = async <Reply>(method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await send(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(`${method} ${path}`, response.status, parse(text) as Problem);
    return parse(text) as Reply;
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
  };
};

const send = async (url: string, request: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, request);
  } catch (cause) {
    throw new LocalError(`${request.method} ${url} got no answer`, { cause });
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
};
