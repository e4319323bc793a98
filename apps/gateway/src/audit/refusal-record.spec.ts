import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpConfig } from '../http/http.config.js';
import { call } from '../testing/call.js';
import { type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';

describe('the event of a denial', () => {
  let rig: Rig;
  let token: string;
  beforeAll(async () => {
    rig = await startRig();
    token = await rig.issuer.token(asTenant(tenantA, 'user'));
  });
  afterAll(() => rig.stop());

  /** The address in the event of a denied call. */
  const addressOf = async (
    clientAddress: HttpConfig['clientAddress'],
    forwarded: string,
  ): Promise<string | undefined> => {
    const gateway = await rig.gateway({ http: { clientAddress } });
    const id = crypto.randomUUID();
    const headers = { 'x-correlation-id': id, 'x-forwarded-for': forwarded };
    const denied = await call(gateway, 'POST', '/api/v1/audit/verify', { token, body: '{}', headers });
    expect([denied.status, denied.problem.code]).toEqual([403, 'access-denied']);
    const events = () => rig.standIns.sealed.filter(({ correlationId }) => correlationId === id);
    await expect.poll(events).toHaveLength(1);
    await gateway.stop();
    return events()[0]?.details?.['clientAddress'];
  };

  it('has the client’s address: the connection’s, or what a trusted proxy states, or none', async () => {
    const forwarded = '198.51.100.7, 203.0.113.9';
    const header = 'x-forwarded-for';
    expect(await addressOf({ record: true, trustedProxies: [], header }, forwarded)).toBe('127.0.0.1');
    expect(await addressOf({ record: true, trustedProxies: ['127.0.0.0/8'], header }, forwarded)).toBe('203.0.113.9');
    expect(await addressOf({ record: false, trustedProxies: ['127.0.0.0/8'], header }, forwarded)).toBeUndefined();
  });
});
