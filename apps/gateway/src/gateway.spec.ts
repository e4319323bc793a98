import { AnkaError } from '@ankasecure/contracts';
import { Outbox } from '@ankasecure/service-kit';
import { testProof } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RefusalRecord } from './audit/refusal-record.js';
import { Sweeper } from './sweep/sweeper.js';
import { type CallOptions, call } from './testing/call.js';
import { type Gateway, type Rig, startRig } from './testing/rig.js';
import { asTenant, tenantA } from './testing/token.js';

describe('the gateway while its parts are unavailable', () => {
  let rig: Rig;
  let gateway: Gateway;
  let token: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'application-admin'));
    expect((await sign()).status).toBe(200);
  });
  afterAll(() => rig.stop());
  const post = (path: string, options: CallOptions = {}) =>
    call(gateway, 'POST', `/api/v1${path}`, { token, body: '{}', ...options });
  const sign = () => post('/sign');

  it('answers no refusal without a record while the outbox is full', async () => {
    const { dataSource, bus, log } = gateway.parts;
    const outbox = new Outbox(testProof('gateway'), dataSource, bus, log, { capacity: 0, batch: 1 });
    const full = new RefusalRecord(dataSource, outbox, gateway.app.get(Sweeper));
    const deny = () =>
      full.write({
        caller: { tenantId: tenantA, subject: 'alice', issuer: 'https://issuer.test' },
        request: { id: 'c', clientAddress: undefined },
        operation: 'access.denied',
        failureCode: 'access-denied',
        operationId: 'sign',
        rate: { burst: 1, perSecond: 1 },
      });
    await expect(deny()).rejects.toThrow(AnkaError);
    await expect(deny()).rejects.toMatchObject({ code: 'audit-unavailable' });
  });

  it('works without its database where it needs none, and answers 503 elsewhere', async () => {
    await rig.postgres.process.stop();
    expect((await sign()).status).toBe(200);
    const denied = await post('/audit/verify');
    expect([denied.status, denied.problem.code]).toEqual([503, 'audit-unavailable']);
    const creating = await post('/keys', { headers: { 'idempotency-key': 'k' } });
    expect([creating.status, creating.problem.code]).toEqual([503, 'service-unavailable']);
    expect((await post('/keys')).status).toBe(201);
    expect((await call(gateway, 'GET', '/livez')).status).toBe(200);
  });

  it('answers 503 without the bus', async () => {
    await rig.nats.process.stop();
    await expect.poll(() => gateway.parts.bus.isConnected()).toBe(false);
    const answer = await sign();
    expect([answer.status, answer.problem.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'service-unavailable',
      '1',
    ]);
  });
});
