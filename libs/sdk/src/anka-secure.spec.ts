import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AnkaSecure } from './anka-secure.js';
import type { ClientOptions } from './client-options.js';
import { ConnectionError, QuotaError, TimeoutError, UnavailableError } from './error/families.js';

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An answer; `lost` closes the connection after the request was read, `silent` never answers. */
type Scripted =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | 'lost'
  | 'silent';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A platform that has the faults of the script, one answer after the other; the last one is given again and again. */
const faulty = async (script: readonly Scripted[], options: Partial<ClientOptions> = {}) => {
  const heard: Heard[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    heard.push({ method, url, headers, body });
    const answer = script[Math.min(heard.length, script.length) - 1];
    if (answer === 'lost') request.socket.destroy();
    if (typeof answer !== 'object') return;
    const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
    response.writeHead(answer.status, { 'x-correlation-id': 'c-1', ...answer.headers }).end(text);
  };
  server = createServer((request, response) => void hear(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const anka = new AnkaSecure({
    baseUrl: `http://127.0.0.1:${port}`,
    auth: 'a-token',
    retry: { baseMs: 1, maxMs: 2 },
    ...options,
  });
  return { anka, heard };
};

const problem = (code: string, status: number, headers: Record<string, string> = {}): Scripted => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: { type: `/problems/${code}`, code, status, title: 'T', detail: 'D', correlationId: 'c-1' },
});
const created: Scripted = { status: 201, body: { id: 'k' } };
const key = { body: { algorithm: 'EC-P256', label: 'x' } } as const;

describe('a call', () => {
  it('is repeated with the same Idempotency-Key, as long as the table says so', async () => {
    const { anka, heard } = await faulty([problem('hsm-timeout', 503), 'lost', created]);
    expect(await anka.call('createKey', key)).toEqual({ id: 'k' });
    const keys = heard.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has no Idempotency-Key where the route takes none, and the caller’s own where there is one', async () => {
    const { anka, heard } = await faulty([{ status: 200, body: {} }]);
    await anka.call('getPolicy');
    await anka.call('createKey', { ...key, idempotencyKey: 'mine' });
    expect(heard.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, 'mine']);
  });

  it.each([
    ['policy-refused', 403, 'PolicyError'],
    ['key-not-found', 404, 'NotFoundError'],
    ['precondition-failed', 412, 'ConflictError'],
    ['request-invalid', 400, 'RequestError'],
    ['hsm-error', 502, 'UnavailableError'],
  ])('that is refused with %s is not repeated', async (code, status, name) => {
    const { anka, heard } = await faulty([problem(code, status)]);
    const error = await anka.call('createKey', key).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, code, status, retryable: false, detail: 'D', correlationId: 'c-1' });
    expect(heard).toHaveLength(1);
  });

  it('that would have a second effect is not repeated after a lost answer', async () => {
    const { anka, heard } = await faulty(['lost', created]);
    await expect(anka.call('rotateKek', { path: { tenant: 't' }, body: {} })).rejects.toThrow(ConnectionError);
    expect(heard).toHaveLength(1);
  });

  it('gives up after the given number of attempts, with the last error', async () => {
    const { anka, heard } = await faulty([problem('hsm-unavailable', 503)], { retry: { attempts: 3, baseMs: 1 } });
    await expect(anka.call('getPolicy')).rejects.toThrow(UnavailableError);
    expect(heard).toHaveLength(3);
  });

  it('does not wait for a Retry-After that its time does not reach', async () => {
    const { anka, heard } = await faulty([problem('quota-exceeded', 429, { 'retry-after': '3600' })]);
    const error = await anka.call('getPolicy').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QuotaError);
    expect(error).toMatchObject({ retryAfterMs: 3_600_000, retryable: true });
    expect(heard).toHaveLength(1);
  });

  it('obeys Retry-After', async () => {
    const { anka, heard } = await faulty([problem('quota-exceeded', 429, { 'retry-after': '1' }), created]);
    const since = performance.now();
    await anka.call('createKey', key);
    expect(performance.now() - since).toBeGreaterThanOrEqual(999);
    expect(heard).toHaveLength(2);
  });

  it('ends with its time, and with the caller’s signal', async () => {
    const { anka } = await faulty(['silent']);
    await expect(anka.call('getPolicy', { timeoutMs: 50 })).rejects.toThrow(TimeoutError);
    await expect(anka.sign({ keyId: 'k', payload: '' }, { timeoutMs: 50 })).rejects.toThrow(TimeoutError);
    const reason = new Error('the user left');
    const abort = new AbortController();
    const call = anka.call('getPolicy', { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 20);
    await expect(call).rejects.toBe(reason);
  });

  it('of a route by its path has the same tokens, retries and errors', async () => {
    const { anka, heard } = await faulty([problem('hsm-timeout', 503), created, problem('key-not-found', 404)]);
    const { data } = await anka.api.POST('/keys', key);
    expect(data).toEqual({ id: 'k' });
    expect(new Set(heard.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(heard.map(({ headers }) => headers.authorization)).toEqual(['Bearer a-token', 'Bearer a-token']);
    await expect(anka.api.GET('/keys/{id}', { params: { path: { id: 'x' } } })).rejects.toThrow('key-not-found');
  });

  it('answered by a proxy is no answer of the platform', async () => {
    const { anka, heard } = await faulty([
      { status: 502, body: 'Bad gateway' },
      { status: 200, body: { version: 1 } },
    ]);
    expect(await anka.call('getPolicy')).toEqual({ version: 1 });
    expect(heard).toHaveLength(2);
    const blocked = await faulty([{ status: 418, body: 'no' }]);
    await expect(blocked.anka.call('getPolicy')).rejects.toMatchObject({ code: 'answer-unreadable', status: 418 });
  });

  it.each([301, 302, 303, 307, 308])('that is redirected (%i) goes nowhere else', async (status) => {
    const { anka, heard } = await faulty([{ status, headers: { location: '/api/v1/elsewhere' } }, created]);
    await expect(anka.call('createKey', key)).rejects.toMatchObject({ code: 'answer-unreadable', status });
    expect(heard).toHaveLength(1);
  });

  it.each([200, 201, 202])('that is answered (%i) by no JSON has no answer, and quotes none', async (status) => {
    const { anka } = await faulty([{ status, text: '<p>a page with a secret</p>' }]);
    const error = await anka.call('createKey', key).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'answer-unreadable', status, retryable: false, correlationId: 'c-1' });
    expect(String(error)).not.toContain('secret');
  });

  it('encodes what it puts into a path', async () => {
    const { anka, heard } = await faulty([{ status: 200, body: {} }]);
    await anka.call('getAlias', { path: { name: '../policy?x=1' } });
    expect(heard[0]?.url).toBe('/api/v1/aliases/..%2Fpolicy%3Fx%3D1');
    await expect(anka.call('getAlias', { path: { name: '' } })).rejects.toThrow('needs name');
  });
});

describe('a token', () => {
  it('that is not accepted is asked for anew, once', async () => {
    let given = 0;
    const auth = (): string => `token-${++given}`;
    const { anka, heard } = await faulty([problem('authentication-required', 401), { status: 200, body: {} }], {
      auth,
    });
    await anka.call('getPolicy');
    expect(heard.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    const refused = await faulty([problem('authentication-required', 401)], { auth });
    await expect(refused.anka.call('getPolicy')).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(refused.heard).toHaveLength(2);
  });
});

describe('an answer of the token endpoint', () => {
  const auth = { form: async () => new URLSearchParams({ grant_type: 'client_credentials' }) };
  it.each([
    { text: '<p>a page with a secret</p>' },
    { body: null },
    { body: 'secret' },
    { body: {} },
    { body: { access_token: 1, expires_in: 2 } },
    { body: { access_token: 'secret' } },
  ])('that holds no token, %j, is no answer, and is not quoted', async (answer) => {
    const { anka } = await faulty([{ status: 200, ...answer }], { auth });
    const error = await anka.call('getPolicy').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'answer-unreadable', status: 200 });
    expect(String(error)).not.toContain('secret');
  });
});

describe('items', () => {
  const failure = (code: string, status: number) => ({ error: { code, status, title: 'T', detail: 'D' } });

  it('of one request fail and are repeated one by one', async () => {
    const { anka, heard } = await faulty([
      { status: 200, body: { items: [{ jws: 'a' }, failure('key-state', 409), failure('hsm-timeout', 503)] } },
      { status: 200, body: { jws: 'c' } },
    ]);
    const results = await Promise.allSettled(['a', 'b', 'c'].map((payload) => anka.sign({ keyId: 'k', payload })));
    expect(results).toMatchObject([
      { value: { jws: 'a' } },
      { reason: { name: 'ConflictError', code: 'key-state', correlationId: 'c-1' } },
      { value: { jws: 'c' } },
    ]);
    expect(heard.map(({ body }) => JSON.parse(body) as object)).toEqual([
      { items: ['a', 'b', 'c'].map((payload) => ({ keyId: 'k', payload })) },
      { keyId: 'k', payload: 'c' },
    ]);
  });

  it('travel alone where that is wished', async () => {
    const { anka, heard } = await faulty([{ status: 200, body: { jws: 'a' } }], { batch: false });
    await Promise.all(['a', 'b', 'c'].map((payload) => anka.sign({ keyId: 'k', payload })));
    expect(heard).toHaveLength(3);
  });

  it('are those of the moment of the call, whatever becomes of the caller’s object', async () => {
    const { anka, heard } = await faulty([{ status: 200, body: { items: [{ jws: 'a' }, { jws: 'b' }] } }]);
    const item = { keyId: 'k', payload: 'a', header: { typ: 'a' } };
    const first = anka.sign(item);
    item.payload = 'b';
    item.header.typ = 'b';
    await Promise.all([first, anka.sign(item)]);
    expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
      items: ['a', 'b'].map((name) => ({ keyId: 'k', payload: name, header: { typ: name } })),
    });
  });

  it('have the time of their callers, also when it is longer than the client’s', async () => {
    const { anka } = await faulty([problem('hsm-timeout', 503, { 'retry-after': '1' }), { status: 200, body: {} }], {
      timeoutMs: 500,
    });
    expect(await anka.sign({ keyId: 'k', payload: '' }, { timeoutMs: 60_000 })).toEqual({});
    const silent = await faulty(['silent'], { timeoutMs: 60_000 });
    const [hasty, patient] = [20, 40].map((timeoutMs) =>
      silent.anka.sign({ keyId: 'k', payload: '' }, { timeoutMs }).catch((error: unknown) => error),
    );
    expect(await hasty).toMatchObject({ code: 'timed-out', detail: expect.stringContaining('20 ms') as string });
    expect(await patient).toMatchObject({ code: 'timed-out' });
  });

  it.each([[{}], [{ items: [] }], [{ items: [{ jws: 'a' }] }], [{ items: Array(3).fill({ jws: 'a' }) }]])(
    'that are answered by another number of results have no answer: %j',
    async (body) => {
      const { anka } = await faulty([{ status: 200, body }]);
      const results = await Promise.allSettled(['a', 'b'].map((payload) => anka.sign({ keyId: 'k', payload })));
      for (const result of results)
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'answer-unreadable' } });
    },
  );
});
