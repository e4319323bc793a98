import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Key, platformTenantId, type SealedEvent, type Tenant } from '@ankasecure/contracts';
import { callHttps, type HttpsAnswer, makeIdentity, type TlsIdentity } from '@ankasecure/testing';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { eventually } from '../harness/wait.js';

let directory: string;
let server: TlsIdentity;
let client: TlsIdentity;
let rig: OwnRig;

interface TlsRequest {
  readonly token?: string;
  readonly identity?: TlsIdentity;
  readonly body?: string | object;
  /** The request's Idempotency-Key. */
  readonly once?: string;
}

const send = (method: string, path: string, { token, identity, body, once }: TlsRequest = {}): Promise<HttpsAnswer> => {
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': type }),
    ...(once !== undefined && { 'idempotency-key': once }),
  };
  const url = `${rig.baseUrl.replace('http:', 'https:')}/api/v1${path}`;
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return callHttps(url, { method, headers, ca: server.cert, ...identity }, text);
};
const wanted = async <Body>(...sending: Parameters<typeof send>): Promise<Body> => {
  const { status, text } = await send(...sending);
  if (status >= 300) throw new Error(`${sending[0]} ${sending[1]} was answered ${status}: ${text}`);
  return JSON.parse(text) as Body;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anka-tls-'));
  server = await makeIdentity({ subject: '/CN=gateway', names: 'IP:127.0.0.1' });
  client = await makeIdentity({ subject: '/CN=billing' });
  const [certFile, keyFile] = [join(directory, 'server.pem'), join(directory, 'server-key.pem')];
  await writeFile(certFile, server.cert);
  await writeFile(keyFile, server.key);
  const tls = { 'cert-file': certFile, 'key-file': keyFile, 'client-certificates': true };
  rig = await startOwnRig({ workers: 1, services: { gateway: { configuration: { http: { tls } } } } });
});
afterAll(async () => {
  await rig.stop();
  await rm(directory, { recursive: true });
});

it('an application authenticates with its certificate, and its token is valid only with that certificate', async () => {
  const platform = {
    tenantId: platformTenantId,
    subject: 'platform-administrator',
    roles: ['platform-admin'],
  } as const;
  const making = { token: await rig.mint(platform), body: { slug: 'acme', name: 'Acme' }, once: 'acme' };
  const { id: tenantId } = await eventually('a new tenant', () => wanted<Tenant>('POST', '/tenants', making));
  const roles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;
  const admin = { token: await rig.mint({ tenantId, subject: 'administrator', roles }) };
  const key = await wanted<Key>('POST', '/keys', { ...admin, body: { algorithm: 'EC-P256', label: 'invoices' } });

  const asked = { name: 'billing', roles: ['application-admin'], certificates: [client.cert] };
  const account = await wanted<{ id: string; clientId: string; certificates: { thumbprint: string }[] }>(
    ...(['POST', '/service-accounts', { ...admin, body: asked }] as const),
  );
  const body = `grant_type=client_credentials&client_id=${account.clientId}`;
  expect((await send('POST', '/oauth/token', { body })).status).toBe(401);
  const { access_token: token } = await wanted<{ access_token: string }>('POST', '/oauth/token', {
    body,
    identity: client,
  });
  const [{ thumbprint } = { thumbprint: '' }] = account.certificates;
  expect(decodeJwt(token)['cnf']).toEqual({ 'x5t#S256': thumbprint });

  const sign = (identity?: TlsIdentity): Promise<HttpsAnswer> =>
    send('POST', '/sign', { token, ...(identity && { identity }), body: { keyId: key.id, payload: 'AAAA' } });
  expect((await sign(client)).status).toBe(200);
  expect(JSON.parse((await sign()).text)).toMatchObject({ code: 'authentication-required' });
  expect((await sign(await makeIdentity())).status).toBe(401);

  const recorded = await eventually('the sealed events', async () => {
    const { items } = await wanted<{ items: SealedEvent[] }>('GET', '/audit/events?operation=token.issue', admin);
    return items.length > 1 && items;
  });
  expect(
    recorded.map(({ userId, outcome, details: { method, thumbprint: by, reason } }) => [
      userId,
      outcome,
      method ?? reason,
      by,
    ]),
  ).toEqual([
    [account.id, 'success', 'tls-client-auth', thumbprint],
    [account.id, 'failure', 'the connection has no certificate', undefined],
  ]);

  await wanted('DELETE', `/service-accounts/${account.id}`, admin);
  expect((await sign(client)).status).toBe(401);
  expect((await send('POST', '/oauth/token', { body, identity: client })).status).toBe(401);
});
