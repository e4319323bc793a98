import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../routes/routes.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';
import { BodyBudget } from './body-budget.js';
import { httpConfig } from './http.config.js';

const limit = 64 * 1024;
const http = { bodyLimitBytes: limit, bodyBudgetBytes: 4 * limit };

describe('bodies in flight', () => {
  let rig: Rig;
  let gateway: Gateway;
  let budget: BodyBudget;
  const tokens: Record<string, string> = {};
  const sockets: Socket[] = [];
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway({ http });
    budget = gateway.app.get(BodyBudget);
    for (const tenant of [tenantA, tenantB]) tokens[tenant] = await rig.issuer.token(asTenant(tenant, 'user'));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    rig.standIns.answer('sign');
    await expect.poll(() => budget.inFlight).toBe(0);
  });
  afterAll(() => rig.stop());

  const lengths = { whole: `Content-Length: ${limit}`, chunked: 'Transfer-Encoding: chunked' };
  /** Starts a request whose body never arrives, and returns the gateway's answer. */
  const begin = (
    tenant: string,
    length: string = lengths.whole,
    more = '',
  ): { socket: Socket; heard: () => string } => {
    let heard = '';
    const head = `POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${tokens[tenant]}\r\nContent-Type: application/json`;
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(`${head}\r\n${length}\r\n\r\n${more}`));
    socket.on('data', (chunk) => (heard += chunk.toString())).on('error', () => undefined);
    sockets.push(socket);
    return { socket, heard: () => heard };
  };
  const held = (bytes: number) => expect.poll(() => budget.inFlight).toBe(bytes);
  const post = (tenant: string, size = limit) =>
    call(gateway, 'POST', '/api/v1/sign', { token: tokens[tenant], body: Buffer.alloc(size, 32) });
  const expectRefused = (answer: Awaited<ReturnType<typeof post>>): void =>
    expect([answer.status, answer.problem.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'service-unavailable',
      '1',
    ]);

  it.each(Object.entries(lengths))('of one tenant get half of the budget (%s)', async (_, length) => {
    for (let i = 0; i < 2; i++) begin(tenantA, length);
    await held(2 * limit);
    expectRefused(await post(tenantA));
    expectRefused(await post(tenantA, 1));
    expect((await post(tenantB)).status).toBe(200);
    expect((await call(gateway, 'GET', '/api/v1/keys', { token: tokens[tenantA] })).status).toBe(200);
  });

  it('are counted before they are read, and until their connection closes', async () => {
    const begun = [tenantA, tenantA, tenantB, tenantB].map((tenant) => begin(tenant));
    await held(4 * limit);
    expectRefused(await post(tenantB, 1));
    begun[0]?.socket.destroy();
    await held(3 * limit);
    expect((await post(tenantA)).status).toBe(200);
    await held(3 * limit);
  });

  it('are counted until their handler ends', async () => {
    let release: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (release = resolve));
    rig.standIns.answer('sign', async () => {
      await answered;
      return { head: { ok: true }, body: Buffer.from('{}') };
    });
    const asked = rig.standIns.heard.get('sign')?.length ?? 0;
    const { socket } = begin(tenantA, lengths.whole, ' '.repeat(limit));
    await expect.poll(() => rig.standIns.heard.get('sign')?.length).toBe(asked + 1);
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(budget.inFlight).toBe(limit);
    release();
    await held(0);
  });

  it('are counted once and released, even if requests share a connection', async () => {
    const one = begin(tenantA, 'Content-Length: 2', '{}');
    await expect.poll(one.heard).toContain('200 OK');
    await held(0);
    const head = `POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${tokens[tenantA]}\r\nContent-Type: application/json\r\nContent-Length: ${limit}\r\n\r\n`;
    one.socket.write(head);
    await held(limit);
    one.socket.destroy();
    await held(0);
  });

  it('that are too large reserve nothing and are refused for their size', async () => {
    const { heard } = begin(tenantA, `Content-Length: ${limit + 1}`);
    await expect.poll(heard).toContain('"code":"body-too-large"');
    await held(0);
  });

  it('of replies are counted while their reader is slow', async () => {
    const size = 6 * 1024 * 1024;
    rig.standIns.answer('sign', async () => ({ head: { ok: true }, body: Buffer.alloc(size, 32) }));
    const { socket } = begin(tenantA, 'Content-Length: 2', '{}');
    socket.pause();
    await held(size + 2);
    expectRefused(await post(tenantB, 1));
    expectRefused(await call(gateway, 'GET', '/api/v1/keys', { token: tokens[tenantA] }));
    expectRefused(await call(gateway, 'GET', '/api/v1/keys', { token: tokens[tenantB] }));
    socket.resume();
    await held(0);
    expect((await call(gateway, 'GET', '/api/v1/keys', { token: tokens[tenantA] })).status).toBe(200);
  });

  it('of unread replies are released with their connection', async () => {
    const impatient = await rig.gateway({ http: { ...http, idleTimeoutSeconds: 3 } });
    const inFlight = () => impatient.app.get(BodyBudget).inFlight;
    const size = 6 * 1024 * 1024;
    rig.standIns.answer('listKeys', async () => ({ head: { ok: true }, body: Buffer.alloc(size, 32) }));
    const request = `GET /api/v1/keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${tokens[tenantA]}\r\n\r\n`;
    const socket = connect(impatient.port, '127.0.0.1', () => socket.write(request));
    sockets.push(socket.pause().on('error', () => undefined));
    await expect.poll(inFlight).toBe(size);
    await expect.poll(inFlight).toBe(0);
    rig.standIns.answer('listKeys');
  });
});

describe('the body budget', () => {
  it('defaults to 64 MiB, and lets one tenant send the largest body', () => {
    const accepts = (bodyBudgetBytes: number) =>
      httpConfig.safeParse({ port: 1, bodyLimitBytes: limit, bodyBudgetBytes }).success;
    expect(httpConfig.parse({ port: 1 }).bodyBudgetBytes).toBe(64 * 1024 * 1024);
    expect([accepts(2 * limit), accepts(2 * limit - 1)]).toEqual([true, false]);
  });

  it('is held by an idle connection for at least the longest time of a route', () => {
    const longest = Math.max(...routes.map(({ withinMs }) => withinMs));
    const accepts = (seconds: number) => httpConfig.safeParse({ port: 1, idleTimeoutSeconds: seconds }).success;
    expect(accepts(Math.floor(longest / 1000))).toBe(false);
    expect(httpConfig.parse({ port: 1 }).idleTimeoutSeconds * 1000).toBeGreaterThan(longest);
  });
});
