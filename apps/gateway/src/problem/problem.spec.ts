import { connect, type Socket } from 'node:net';
import { AnkaError, type ErrorCode, errors } from '@ankasecure/contracts';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BodyBudget } from '../http/body-budget.js';
import { call, talk } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantElsewhere } from '../testing/token.js';
import { problem, problemOf, problemPath } from './problem.js';
import { asRefusal } from './refusal.js';

const codes = Object.keys(errors) as ErrorCode[];

describe('problems', () => {
  let rig: Rig;
  let gateway: Gateway;
  let token: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin'));
  });
  afterAll(() => rig.stop());

  const expectProblem = (answer: Awaited<ReturnType<typeof call>>, status: number, code: ErrorCode): void => {
    expect([answer.status, answer.problem.code, answer.headers.get('content-type')]).toEqual([
      status,
      code,
      'application/problem+json',
    ]);
    expect(problem.parse(JSON.parse(answer.text))).toMatchObject({
      type: `/problems/${code}`,
      title: errors[code].title,
      status,
      correlationId: answer.headers.get('x-correlation-id'),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.text).not.toMatch(/node:|node_modules|\.[jt]s:|FST_|stack/);
  };

  it.each(codes)('%s from a service is answered as its row in the table defines', async (code) => {
    rig.standIns.answer('sign', async () => {
      throw new AnkaError(code, 'What to do next');
    });
    const answer = await call(gateway, 'POST', '/api/v1/sign', { token, body: '{}' });
    expectProblem(answer, errors[code].status, code);
    expect(answer.problem.detail).toBe('What to do next');
    expect(answer.headers.has('retry-after')).toBe(errors[code].retryable);
    rig.standIns.answer('sign');
  });

  it('says where to look at a path that has no resource, such as the root', async () => {
    for (const path of ['/', '/nowhere', '/api/v1', '/api/v2/keys']) {
      const answer = await call(gateway, 'GET', path);
      expectProblem(answer, 404, 'route-not-found');
      for (const address of ['/docs', '/api/v1/openapi.json']) {
        expect(answer.problem.detail).toContain(address);
        expect((await call(gateway, 'GET', address)).status).toBe(200);
      }
    }
  });

  it('calls a query parameter by that name if no route takes it', async () => {
    const { problem: told } = await call(gateway, 'GET', '/api/v1/keys?page=2', { token });
    expect(told).toMatchObject({ code: 'request-invalid' });
    expect(told.detail).toMatch(/^There is no query parameter "page": the route takes .*\bcursor\b/);
  });

  it('names the policy rules that refuse a request', async () => {
    const basis = { rule: 'cnsa2', source: 'CNSA 2.0' } as const;
    const refusal = { ...basis, reasons: [{ ...basis, code: 'cnsa2' as const, detail: 'Not in CNSA 2.0' }] };
    rig.standIns.answer('sign', () => Promise.reject(new AnkaError('policy-refused', 'Not in CNSA 2.0', { refusal })));
    const answer = await call(gateway, 'POST', '/api/v1/sign', { token, body: '{}' });
    expectProblem(answer, 403, 'policy-refused');
    expect(JSON.parse(answer.text)).toMatchObject(refusal);
    rig.standIns.answer('sign');
  });

  it.each([
    ['text', { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, 'media-type-unsupported'],
    [
      'a form',
      { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'media-type-unsupported',
    ],
    [
      'JSON of another kind',
      { body: '{}', headers: { 'content-type': 'application/json5' } },
      415,
      'media-type-unsupported',
    ],
    ['no body', {}, 400, 'body-malformed'],
    ['an empty body', { body: '', headers: { 'content-type': 'application/json' } }, 400, 'body-malformed'],
    ['too much', { body: Buffer.alloc(256 * 1024 + 1, 32) }, 413, 'body-too-large'],
  ] as const)('a POST with %s', async (_, options, status, code) => {
    expectProblem(await call(gateway, 'POST', '/api/v1/sign', { token, ...options }), status, code);
  });

  it('accepts JSON with a charset, up to the size limit', async () => {
    const body = Buffer.alloc(256 * 1024, 32);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await call(gateway, 'POST', '/api/v1/sign', { token, body, headers })).status).toBe(200);
    expect(rig.standIns.heard.get('sign')?.at(-1)?.body.length).toBe(body.length);
  });

  it.each([
    ['GET', '/', 404, 'route-not-found'],
    ['GET', '/api/v1/nothing', 404, 'route-not-found'],
    ['GET', '/api/v2/keys', 404, 'route-not-found'],
    ['GET', '/api/v1/keys/', 404, 'key-not-found'],
    ['GET', '/API/V1/keys', 404, 'route-not-found'],
    ['GET', '/api/v1/keys/x/y', 404, 'route-not-found'],
    ['GET', '/api/v1/keys/%zz', 400, 'request-invalid'],
    ['GET', '/api/v1/keys/%00', 404, 'key-not-found'],
    ['GET', '/api/v1/keys/..%2f..%2fetc%2fpasswd', 404, 'key-not-found'],
    ['GET', "/api/v1/keys/1'%20OR%20'1'='1", 404, 'key-not-found'],
    ['GET', `/api/v1/keys/${'a'.repeat(4000)}`, 404, 'key-not-found'],
    ['GET', '/api/v1/keys?label=a&label=b', 400, 'request-invalid'],
    ['GET', `/api/v1/keys/${crypto.randomUUID()}?id=${crypto.randomUUID()}`, 400, 'request-invalid'],
    ['POST', '/api/v1/sign?dry=1', 400, 'request-invalid'],
  ] as const)('%s %s is %i', async (method, path, status, code) => {
    const before = rig.standIns.heard.get('getKey')?.length;
    const body = method === 'POST' ? { body: '{}' } : {};
    expectProblem(await call(gateway, method, path, { token, ...body }), status, code);
    expect(rig.standIns.heard.get('getKey')?.length).toBe(before);
  });

  it.each([
    ['DELETE', '/api/v1/keys', 'POST, GET, HEAD'],
    ['GET', '/api/v1/sign', 'POST'],
    ['GET', '/api/v1/oauth/token', 'POST'],
    ['OPTIONS', '/api/v1/policy', 'GET, HEAD, PUT'],
    ['PUT', `/api/v1/keys/${crypto.randomUUID()}?x=1`, 'GET, HEAD, PATCH, DELETE'],
    ['QUERY', '/api/v1/keys', 'POST, GET, HEAD'],
    ['PROPFIND', '/api/v1/keys', 'POST, GET, HEAD'],
  ])('%s %s is not offered', async (method, path, allow) => {
    const answer = await call(gateway, method, path, { token });
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(allow.split(', ').toSorted());
  });

  it.each([
    [{}, 428, 'precondition-required'],
    [{ 'if-match': '3' }, 400, 'request-invalid'],
    [{ 'if-match': '"3", 4' }, 400, 'request-invalid'],
    [{ 'if-match': '"3"', 'if-none-match': '' }, 400, 'request-invalid'],
    [{ 'if-match': 'W/"3"' }, 412, 'precondition-failed'],
  ] as const)('PUT /policy with %j is %i', async (headers, status, code) => {
    expectProblem(await call(gateway, 'PUT', '/api/v1/policy', { token, body: '{}', headers }), status, code);
  });

  it.each([
    ['*', '*'],
    ['W/"3", "4"', 4],
    ['"3", "4"', [3, 4]],
    ['"0"', []],
  ] as const)('passes If-Match: %s to the policy service', async (ifMatch, revisions) => {
    await call(gateway, 'PUT', '/api/v1/policy', { token, body: '{}', headers: { 'if-match': ifMatch } });
    expect(rig.standIns.heard.get('putPolicy')?.at(-1)?.context.ifMatch).toEqual(revisions);
  });

  it('a resource without an ETag meets no precondition of a change', async () => {
    const path = `/api/v1/approvals/${crypto.randomUUID()}`;
    for (const headers of [{ 'if-match': '"1"' }, { 'if-none-match': '*' }])
      expectProblem(await call(gateway, 'DELETE', path, { token, headers }), 412, 'precondition-failed');
    expectProblem(await call(gateway, 'DELETE', path, { token }), 404, 'approval-not-found');
  });

  it('a read is answered only if the caller has another state', async () => {
    const read = (headers: Record<string, string>, method = 'GET') =>
      call(gateway, method, '/api/v1/policy', { token, headers });
    for (const method of ['GET', 'HEAD']) {
      const same = await read({ 'if-none-match': 'W/"6", "7"' }, method);
      expect([same.status, same.headers.get('etag'), same.headers.get('content-type'), same.text]).toEqual([
        304,
        '"7"',
        null,
        '',
      ]);
    }
    expect((await read({ 'if-none-match': '"6"' })).status).toBe(200);
    expectProblem(await read({ 'if-match': '"6"' }), 412, 'precondition-failed');
    expect((await read({ 'if-match': '"7"' })).status).toBe(200);
  });

  it('passes If-Match to the policy service as a revision', async () => {
    const answer = await call(gateway, 'PUT', '/api/v1/policy', { token, body: '{}', headers: { 'if-match': '"41"' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"7"']);
    expect(rig.standIns.heard.get('putPolicy')?.at(-1)?.context.ifMatch).toBe(41);
  });

  it('hides the message of an unexpected error', async () => {
    rig.standIns.answer('sign', () => Promise.reject(new Error('secret internals at /etc/passwd')));
    const answer = await call(gateway, 'POST', '/api/v1/sign', { token, body: '{}' });
    expectProblem(answer, 500, 'internal-error');
    expect(answer.text).not.toContain('secret');
    rig.standIns.answer('sign');
  });

  it('answers 503 for a service that is unavailable', async () => {
    const elsewhere = await rig.issuer.token(asTenant(tenantElsewhere, 'user'));
    expectProblem(
      await call(gateway, 'POST', '/api/v1/sign', { token: elsewhere, body: '{}' }),
      503,
      'service-unavailable',
    );
  });

  describe('below HTTP', () => {
    const bearer = () => `Authorization: Bearer ${token}`;
    it.each([
      ['rubbish', 'rubbish\r\n\r\n', 400, 'request-invalid'],
      ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00', 400, 'request-invalid'],
      ['a header with NUL', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400, 'request-invalid'],
      ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400, 'request-invalid'],
      ['no Host and no such path', 'GET /nothing HTTP/1.1\r\n\r\n', 400, 'request-invalid'],
      ['two Hosts', 'GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'request-invalid'],
      ['HTTP/2 in a request line', 'GET /livez HTTP/2.0\r\nHost: a\r\n\r\n', 505, 'http-version-unsupported'],
      ['HTTP/0.9 in a request line', 'GET /livez HTTP/0.9\r\nHost: a\r\n\r\n', 505, 'http-version-unsupported'],
      ['a Host with a path', 'GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n', 400, 'request-invalid'],
      ['a fragment', 'GET /livez#a HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'request-invalid'],
      ['a path in other bytes', 'GET /livez?\xfc HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'request-invalid'],
      [
        'two tokens',
        'GET /api/v1/keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n',
        400,
        'request-invalid',
      ],
      [
        'DELETE with a body',
        'DELETE /api/v1/keys/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}',
        400,
        'request-invalid',
      ],
      [
        'GET with chunks',
        'GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
        'request-invalid',
      ],
      [
        'a transfer coding',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
        501,
        'transfer-coding-unsupported',
      ],
      [
        'chunks in HTTP/1.0',
        'POST /api/v1/sign HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
        'request-invalid',
      ],
      [
        'a content coding',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
        415,
        'media-type-unsupported',
      ],
      [
        'another charset',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; charset="UTF-16"\r\nContent-Length: 2\r\n\r\n{}',
        415,
        'media-type-unsupported',
      ],
      ['a tunnel', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 400, 'request-invalid'],
      [
        'QUERY without a type',
        'QUERY /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
        404,
        'route-not-found',
      ],
      [
        'an expectation',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nExpect: foo\r\nContent-Length: 2\r\n\r\n{}',
        417,
        'expectation-failed',
      ],
      [
        'a huge chunk extension',
        `POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
        413,
        'body-too-large',
      ],
      [
        'two lengths',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
        400,
        'request-invalid',
      ],
      [
        'a length and chunks',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
        'request-invalid',
      ],
      ['a huge header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'header-too-large'],
      ['a huge path', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'header-too-large'],
      ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 404, 'route-not-found'],
      [
        'an absolute URL',
        'GET http://evil.test/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
        404,
        'route-not-found',
      ],
    ])('%s', async (_, bytes, status, code) => {
      const heard = await talk(gateway, bytes);
      expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      const [head = '', json = ''] = heard.split('\r\n\r\n');
      const { correlationId, ...said } = problem.parse(JSON.parse(json));
      expect(said).toMatchObject({ status, code });
      for (const line of [
        'content-type: application/problem+json',
        `x-correlation-id: ${correlationId}`,
        'server-timing: hsm;dur=',
        'x-content-type-options: nosniff',
        'content-security-policy: default-src',
        'cache-control: no-store',
      ])
        expect(head.toLowerCase()).toContain(line);
    });

    it.each([
      ['two Hosts', 'GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
      ['chunks in HTTP/1.0', 'POST /api/v1/sign HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
      [
        'a length of nothing and a body',
        'DELETE /api/v1/keys/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      ['a length that is no number', 'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}'],
      ['a blank before a colon', 'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\n{}'],
      ['a folded header', 'GET /livez HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n'],
      ['bare line feeds', 'GET /livez HTTP/1.1\nHost: a\n\n'],
      [
        'a coding that looks like chunked',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      ],
      [
        'chunked twice',
        'POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n',
      ],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['HTTP/2 in a request line', 'GET /api/v1/keys HTTP/2.0\r\nHost: a\r\n\r\n'],
    ])('after %s, the next request on the connection is not performed', async (_, bytes) => {
      const from = rig.standIns.heard.get('listKeys')?.length;
      const next = `GET /api/v1/keys HTTP/1.1\r\nHost: a\r\n${bearer()}\r\n\r\n`;
      // The refusal of a genuine caller is recorded before it is answered.
      const ofCaller = bytes.replace('Host: a\r\n', `Host: a\r\n${bearer()}\r\n`);
      for (const first of new Set([bytes, ofCaller])) {
        const heard = await talk(gateway, first + next);
        expect(heard).toMatch(/^HTTP\/1\.1 (400|501|505) /);
        expect(heard.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
        expect(rig.standIns.heard.get('listKeys')?.length).toBe(from);
      }
    });

    it('cuts off a chunked body at the limit', async () => {
      const chunk = `8000\r\n${' '.repeat(0x8000)}\r\n`.repeat(10);
      const head = `POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${bearer()}\r\nTransfer-Encoding: chunked\r\n\r\n`;
      expect(await talk(gateway, head + chunk)).toContain('"code":"body-too-large"');
    });

    it.each([
      ['with a reset', (socket: Socket) => socket.resetAndDestroy()],
      ['without a word', (socket: Socket) => socket.destroy()],
      ['half', (socket: Socket) => socket.end()],
    ])('a caller who disconnects in the middle of a body (%s) is not reported as an outage', async (_, hangUp) => {
      const own = await rig.gateway();
      const logged = vi.spyOn(own.parts.log, 'error');
      const head = `POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${bearer()}\r\nContent-Length: 9\r\n\r\n{`;
      const socket = connect(own.port, '127.0.0.1', () => socket.write(head));
      await expect.poll(() => own.app.get(BodyBudget).inFlight).toBe(9);
      hangUp(socket);
      await expect.poll(() => own.app.get(BodyBudget).inFlight).toBe(0);
      expect((await call(own, 'GET', '/livez')).status).toBe(200);
      expect(logged).not.toHaveBeenCalled();
      expect(await own.parts.health.registry.metrics()).not.toContain('status="503"');
    });

    it('leaves the gateway running after all of these', async () => {
      expect((await call(gateway, 'GET', '/readyz')).status).toBe(200);
    });
  });
});

describe('an error of Fastify', () => {
  const made = Object.entries(fastify.errorCodes).map(([code, Made]) => [code, new Made()] as const);
  const ofRequests = made.filter(([, { statusCode = 500 }]) => statusCode !== 500);

  it.each(ofRequests)('%s is the caller’s to mend or to repeat', (_, error) => {
    const { code } = asRefusal(error);
    expect(code).not.toBe('internal-error');
    expect(errors[code].status >= 500).toBe((error.statusCode ?? 500) >= 500);
  });

  it('has a row, if it can befall a request', () => expect(ofRequests.length).toBeGreaterThan(10));
});

describe('any thrown value', () => {
  it('becomes an internal error unless it is known, and its message is hidden', () => {
    const refusal = asRefusal(new Error('password=hunter2'));
    expect(problemOf(refusal, { id: 'c', problemTypes: problemPath })).toMatchObject({
      status: 500,
      code: 'internal-error',
      detail: 'Internal error',
    });
  });

  it.each([null, undefined, 'text', 42, {}])('can be %j', (thrown) => {
    expect(asRefusal(thrown).code).toBe('internal-error');
  });
});
