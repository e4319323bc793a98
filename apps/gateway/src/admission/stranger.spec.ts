import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { call } from '../testing/call.js';
import { type Flood, startFlood } from '../testing/flood.js';
import { type Gateway, ownIssuer, type Rig, startRig } from '../testing/rig.js';
import { asTenant, makeIssuer, seconds, tenantA, tenantB } from '../testing/token.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Another host, as far as the gateway can tell. */
const elsewhere = '127.0.0.2';

/** A JWT of these claims, which nobody has signed. */
const forged = (claims: object): string =>
  [{ alg: 'ES256', kid: 'x' }, claims, 'x']
    .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
    .join('.');

describe('a flood of strangers from one network', () => {
  let rig: Rig;
  let gateway: Gateway;
  let flood: Flood | undefined;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
  });
  afterEach(() => flood?.stop());
  afterAll(() => rig.stop());

  const begin = async (request: () => string): Promise<void> => {
    flood = startFlood(gateway.port, elsewhere, 300, request);
    await expect.poll(() => [...(flood?.answers.values() ?? [])].reduce((a, b) => a + b, 0)).toBeGreaterThan(300);
  };
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const manyTimes = async (ask: () => Promise<number>): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (let time = 0; time < 15; time++) statuses.push(await ask());
    return statuses;
  };
  const allWell = Array<number>(15).fill(200);

  it('for key sets of made-up tenants leaves the key set of a tenant to others', async () => {
    await begin(() => get(`/api/v1/tenants/t-${crypto.randomUUID()}/.well-known/jwks.json`));
    const statuses = await manyTimes(async () => {
      const fresh = await call(gateway, 'GET', '/api/v1/tenants/acme/.well-known/jwks.json');
      return fresh.status;
    });
    expect(statuses).toEqual(allWell);
  });

  it('for tokens of made-up clients leaves the token endpoint to others', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin'));
    const body = JSON.stringify({ name: 'payments', roles: ['user'], keys: [jwk] });
    const created = await call(gateway, 'POST', '/api/v1/service-accounts', { token, body });
    const { clientId } = JSON.parse(created.text) as ServiceAccount;
    const form = (client_assertion: string) =>
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: assertionType,
        client_assertion,
      }).toString();
    const post = (content: string) =>
      `POST /api/v1/oauth/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
    // Half of them name clients that do not exist, and half a client that does.
    await begin(() => {
      const sub = Math.random() < 0.5 ? `${crypto.randomUUID()}.${crypto.randomUUID()}` : clientId;
      return post(form(forged({ iss: sub, sub, aud: ownIssuer, exp: seconds(60), jti: crypto.randomUUID() })));
    });
    const statuses = await manyTimes(async () => {
      const assertion = await new SignJWT({
        iss: clientId,
        sub: clientId,
        aud: ownIssuer,
        jti: crypto.randomUUID(),
        exp: seconds(60),
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return (await call(gateway, 'POST', '/api/v1/oauth/token', { body: form(assertion), headers })).status;
    });
    expect(statuses).toEqual(allWell);
  });

  it('with tokens of made-up tenants leaves a tenant’s own issuer to others, also to a gateway that does not know it yet', async () => {
    const maker = await makeIssuer('https://login.flooded.test');
    const admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantB, 'tenant-admin') });
    const body = JSON.stringify({
      issuer: maker.issuer,
      audience: 'ankasecure-test',
      algorithms: ['ES256'],
      claims: { roles: 'roles', groups: 'groups' },
      roles: ['user'],
      keys: [maker.publicJwk],
      subjectPrefix: 'flooded:',
    });
    const created = await call(gateway, 'POST', '/api/v1/issuers', { token: admin, body });
    expect(created.status, created.text).toBe(201);
    gateway = await rig.gateway();
    await begin(
      () =>
        `GET /api/v1/keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${forged({ iss: 'https://x.test', tenant: crypto.randomUUID(), sub: 'x' })}\r\n\r\n`,
    );
    const statuses = await manyTimes(async () => {
      const token = await maker.token({ ...asTenant(tenantB, 'user'), exp: seconds(300), jti: crypto.randomUUID() });
      return (await call(gateway, 'GET', '/api/v1/keys', { token })).status;
    });
    expect(statuses).toEqual(allWell);
  });
});
