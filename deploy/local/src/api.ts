import { LocalError } from './failure.js';

/** What a problem (RFC 9457) of the gateway says. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
}

/** The REST API of a gateway, as one caller. */
export interface Api {
  get<Reply>(path: string): Promise<Reply>;
  post<Reply>(path: string, body: unknown): Promise<Reply>;
}

/** An answer that is not 2xx. */
export class ApiError extends LocalError {
  constructor(
    what: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${what} was answered ${status} ${problem.code ?? ''}: ${problem.detail ?? problem.title ?? ''}`);
  }
}

/** @param token sent as bearer token. Every call throws ApiError unless it is answered 2xx */
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
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
};

const send = async (url: string, request: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, request);
  } catch (cause) {
    throw new LocalError(`${request.method} ${url} had no answer`, { cause });
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
};
