import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpsRequest, type Server } from 'node:https';
import { dirname, join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import type { ReplyHead } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';

const certificateOf = ({ nats }: Rig) => {
  const file = (name: string): string => join(dirname(nats.caFile), name);
  return { certFile: file('server.pem'), keyFile: file('server-key.pem'), clientCertificates: false };
};

describe('the public port', () => {
  let rig: Rig;
  let gateway: Gateway;
  let token: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin'));
  });
  afterAll(() => rig.stop());
  const sign = (at: Gateway, headers: Record<string, string> = {}, body = '{"a":1}') =>
    call(at, 'POST', '/api/v1/sign', { token, body, headers });

  it('passes bytes through in both directions', async () => {
    const reply = Buffer.from('{"odd" :  [1e400,"\\ud800", "ü"]}');
    rig.standIns.answer('sign', async () => ({ head: { ok: true }, body: reply }));
    const sent = '{ "a":\n\n "ü\\u0000" , "a": 2 }';
    const answer = await sign(gateway, {}, sent);
    expect(Buffer.from(answer.text)).toEqual(reply);
    expect(rig.standIns.heard.get('sign')?.at(-1)?.body).toBe(sent);
    rig.standIns.answer('sign');
  });

  it('reports the time that each part took', async () => {
    const forwarded = (await sign(gateway)).headers.get('server-timing');
    expect(forwarded).toMatch(/^hsm;dur=1\.234, worker;dur=2\.34\d, total;dur=\d+\.\d{3}$/);
    expect((await call(gateway, 'GET', '/nothing')).headers.get('server-timing')).toMatch(
      /^hsm;dur=0\.000, worker;dur=0\.000, total;dur=\d+\.\d{3}$/,
    );
    expect((await call(gateway, 'GET', '/%zz')).headers.get('server-timing')).toMatch(
      /^hsm;dur=0\.000, worker;dur=0\.000, total;dur=/,
    );
  });

  it('announces a deprecation and a sunset as RFC 9745 and RFC 8594 define', async () => {
    const body = Buffer.from('{}');
    const notice = { deprecation: '2027-01-01T00:00:00.500Z', sunset: '2028-01-01T00:00:00Z' };
    rig.standIns.answer('sign', async () => ({ head: { ok: true, notice }, body }));
    const { headers } = await sign(gateway);
    expect(headers.get('deprecation')).toBe('@1798761600');
    expect(headers.get('sunset')).toBe('Sat, 01 Jan 2028 00:00:00 GMT');
    rig.standIns.answer('sign', async () => ({ head: { ok: true, notice: { sunset: notice.sunset } }, body }));
    expect((await sign(gateway)).headers.get('deprecation')).toBeNull();
    rig.standIns.answer('sign');
    expect((await sign(gateway)).headers.get('sunset')).toBeNull();
  });

  it('keeps a valid correlation id and replaces any other', async () => {
    const given = { 'x-correlation-id': 'Invoice_run.47-a' };
    expect((await sign(gateway, given)).headers.get('x-correlation-id')).toBe('Invoice_run.47-a');
    expect(rig.standIns.heard.get('sign')?.at(-1)?.context.correlationId).toBe('Invoice_run.47-a');
    for (const bad of ['', 'a b', 'x'.repeat(65), 'a"b', 'é']) {
      const answer = await sign(gateway, { 'x-correlation-id': bad });
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it.each([
    [{ 'x-request-id': 'proxy-7' }, 'proxy-7'],
    [{ 'x-request-id': 'proxy-7', 'x-correlation-id': 'mine' }, 'mine'],
    [{ 'x-request-id': 'proxy-7', 'x-correlation-id': 'a b' }, 'proxy-7'],
    [{ 'x-request-id': 'a b' }, undefined],
  ])('takes the request id of %j as correlation id, and answers with both names', async (headers, id) => {
    const answer = await sign(gateway, headers);
    const taken = answer.headers.get('x-correlation-id');
    expect(taken).toEqual(id ?? expect.stringMatching(/^[0-9a-f-]{36}$/));
    expect(answer.headers.get('x-request-id')).toBe(taken);
    expect(rig.standIns.heard.get('sign')?.at(-1)?.context.correlationId).toBe(taken);
    expect((await sign(gateway)).headers.get('x-request-id')).toBeNull();
  });

  it('does not answer after the deadline', async () => {
    const before = monotonicNow();
    await sign(gateway);
    const deadline = rig.standIns.heard.get('sign')?.at(-1)?.context.deadline ?? 0;
    // The frame carries the remaining time in whole milliseconds.
    expect(deadline).toBeGreaterThan(before + 29_998);
    expect(deadline).toBeLessThanOrEqual(monotonicNow() + 30_000);
  });

  it('answers HEAD like GET, without the body', async () => {
    const answer = await call(gateway, 'HEAD', '/api/v1/policy', { token });
    expect([answer.status, answer.headers.get('etag'), answer.text]).toEqual([200, '"7"', '']);
  });

  it('has probes that return only the status', async () => {
    for (const path of ['/livez', '/readyz', '/startupz']) {
      const answer = await call(gateway, 'GET', path);
      expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
    }
  });

  it('counts by operation and status', async () => {
    const own = await rig.gateway();
    await sign(own);
    await call(own, 'POST', '/api/v1/sign', { body: '{}' });
    const metrics = await own.parts.health.registry.metrics();
    expect(metrics).toMatch(/ankasecure_http_requests_total\{operation="sign",status="200",service="gateway"\} 1/);
    expect(metrics).toMatch(/ankasecure_http_requests_total\{operation="sign",status="401",service="gateway"\} 1/);
    expect(metrics).toMatch(/ankasecure_http_request_duration_seconds_count\{.*operation="sign".*\} 1/);
  });

  it('charges each tenant’s own quota', async () => {
    const own = await rig.gateway({ quota: { requestsPerSecond: 0.1, burst: 2 } });
    const first = await sign(own);
    expect([first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
      '"tenant";q=2;w=20',
      '"tenant";r=1;t=10',
    ]);
    await sign(own);
    const refused = await sign(own);
    expect([refused.status, refused.problem.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'quota-exceeded',
      '10',
    ]);
    const other = await call(own, 'POST', '/api/v1/sign', {
      token: await rig.issuer.token({ tenant: tenantB }),
      body: '{}',
    });
    expect(other.status).toBe(200);
    expect((await sign(gateway)).headers.has('ratelimit')).toBe(false);
  });

  it('reports the key’s quota behind the tenant’s, in answers and refusals', async () => {
    const own = await rig.gateway({ quota: { requestsPerSecond: 0.1, burst: 9 } });
    const keyQuota = { quota: 3, window: 2, remaining: 1, seconds: 1 };
    const heads: readonly ReplyHead[] = [
      { ok: true, keyQuota },
      { ok: false, error: { code: 'quota-exceeded', retryable: true, detail: 'of the key' }, keyQuota },
    ];
    const reported: unknown[] = [];
    for (const head of heads) {
      rig.standIns.answer('sign', async () => ({ head, body: Buffer.from('{}') }));
      for (const at of [own, gateway]) {
        const { status, headers } = await sign(at);
        reported.push([status, ...['ratelimit-policy', 'ratelimit', 'retry-after'].map((name) => headers.get(name))]);
      }
    }
    rig.standIns.answer('sign');
    const key = ['"key";q=3;w=2', '"key";r=1;t=1'] as const;
    expect(reported).toEqual([
      [200, `"tenant";q=9;w=90, ${key[0]}`, `"tenant";r=8;t=10, ${key[1]}`, null],
      [200, ...key, null],
      [429, `"tenant";q=9;w=90, ${key[0]}`, `"tenant";r=7;t=20, ${key[1]}`, '1'],
      [429, ...key, '1'],
    ]);
  });

  it('limits a tenant’s concurrent requests, and admits the next when one ends', async () => {
    const own = await rig.gateway({ quota: { requestsPerSecond: 1000, burst: 1000, concurrentRequests: 1 } });
    const waiting = Promise.withResolvers<void>();
    const asked = rig.standIns.heard.get('sign')?.length ?? 0;
    rig.standIns.answer('sign', async () => {
      await waiting.promise;
      return { head: { ok: true }, body: Buffer.from('{}') };
    });
    const first = sign(own);
    await expect.poll(() => rig.standIns.heard.get('sign')?.length).toBe(asked + 1);
    const refused = await sign(own);
    expect([refused.status, refused.problem.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'quota-exceeded',
      '1',
    ]);
    waiting.resolve();
    expect((await first).status).toBe(200);
    rig.standIns.answer('sign');
    await expect.poll(async () => (await sign(own)).status).toBe(200);
  });

  it('does not start with a body limit that the bus cannot carry', async () => {
    const http = { bodyLimitBytes: 8 * 1024 * 1024 };
    await expect(rig.gateway({ http })).rejects.toThrow(/body-limit-bytes .* max_payload is 8388608/);
  });

  it('serves TLS, with post-quantum key agreement first', async () => {
    const own = await rig.gateway({ http: { tls: certificateOf(rig) } });
    const connect = (options: object) =>
      new Promise<{ status: number; protocol: string | null }>((resolve, reject) => {
        const ca = readFileSync(rig.nats.caFile);
        const request = httpsRequest(
          { host: '127.0.0.1', port: own.port, path: '/livez', ca, agent: false, ...options },
          (response) => {
            const socket = response.socket as TLSSocket;
            response
              .resume()
              .on('end', () => resolve({ status: response.statusCode ?? 0, protocol: socket.getProtocol() }));
          },
        );
        request.on('error', reject).end();
      });
    expect(await connect({ ecdhCurve: 'X25519MLKEM768' })).toEqual({ status: 200, protocol: 'TLSv1.3' });
    expect(await connect({ ecdhCurve: 'P-256', maxVersion: 'TLSv1.2' })).toEqual({ status: 200, protocol: 'TLSv1.2' });
    await expect(
      connect({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
  });

  it('negotiates TLS once for each connection, and closes a connection that renegotiates', async () => {
    const own = await rig.gateway({ http: { tls: certificateOf(rig) } });
    const server = own.app.getHttpServer() as Server;
    const options = { host: '127.0.0.1', port: own.port, ca: readFileSync(rig.nats.caFile), maxVersion: 'TLSv1.2' };
    const socket = connectTls(options as ConnectionOptions);
    await once(socket, 'secureConnect');
    const failed = once(socket, 'error');
    socket.renegotiate({}, () => undefined);
    expect(await failed).toMatchObject([{ code: 'ERR_SSL_NO_RENEGOTIATION' }]);
    await expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(0);
    socket.destroy();
  });

  it('finishes running requests when it stops, and accepts no new ones', async () => {
    const own = await rig.gateway();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    rig.standIns.answer('sign', async () => {
      await held;
      return { head: { ok: true }, body: Buffer.from('{}') };
    });
    const from = rig.standIns.heard.get('sign')?.length ?? 0;
    const underWay = sign(own);
    await expect.poll(() => rig.standIns.heard.get('sign')?.length).toBe(from + 1);
    const stopped = own.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(sign(own)).rejects.toThrow();
    release();
    expect((await underWay).status).toBe(200);
    await stopped;
    rig.standIns.answer('sign');
  });
});
