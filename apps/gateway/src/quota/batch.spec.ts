import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';

describe('a tenant’s quota', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway({ quota: { requestsPerSecond: 1, burst: 10 } });
  });
  afterAll(() => rig.stop());

  it('is charged for every item of a batch, of its own tenant only', async () => {
    const [mine, theirs] = await Promise.all(
      [tenantA, tenantB].map((tenant) => rig.issuer.token(asTenant(tenant, 'application-admin'))),
    );
    const sign = (token: string | undefined, items: number) =>
      call(gateway, 'POST', '/api/v1/sign', {
        ...(token !== undefined && { token }),
        body: JSON.stringify({ items: Array.from({ length: items }, () => ({ keyId: 'k', payload: 'a,b' })) }),
      });
    const small = await sign(mine, 4);
    expect([small.status, small.headers.get('ratelimit')]).toEqual([200, '"tenant";r=6;t=4']);
    const large = await sign(mine, 106);
    expect([large.status, large.headers.get('ratelimit')]).toEqual([200, '"tenant";r=0;t=110']);
    const refused = await sign(mine, 1);
    expect([refused.status, refused.problem.code]).toEqual([429, 'quota-exceeded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(90);
    expect((await sign(theirs, 1)).status).toBe(200);
  });
});
