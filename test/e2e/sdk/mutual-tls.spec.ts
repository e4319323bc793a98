import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformTenantId } from '@ankasecure/contracts';
import { AnkaSecure, clientCertificate } from '@ankasecure/sdk';
import { mutualTlsFetch } from '@ankasecure/sdk/node';
import { makeIdentity, type TlsIdentity } from '@ankasecure/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { eventually } from '../harness/wait.js';

let directory: string;
let server: TlsIdentity;
let rig: OwnRig;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anka-sdk-tls-'));
  server = await makeIdentity({ subject: '/CN=gateway', names: 'IP:127.0.0.1' });
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

it('the SDK authenticates by a client certificate, and trusts a private authority', async () => {
  const baseUrl = rig.baseUrl.replace('http:', 'https:');
  const trusting = mutualTlsFetch({ ca: server.cert });
  const as = (auth: string): AnkaSecure => new AnkaSecure({ baseUrl, auth, fetch: trusting });
  const platform = as(
    await rig.mint({ tenantId: platformTenantId, subject: 'platform-administrator', roles: ['platform-admin'] }),
  );
  const { id: tenantId } = await eventually('a new tenant', () =>
    platform.call('createTenant', { body: { slug: 'acme', name: 'Acme' }, idempotencyKey: 'acme' }),
  );
  const admin = as(await rig.mint({ tenantId, subject: 'administrator', roles: ['tenant-admin'] }));
  const client = await makeIdentity({ subject: '/CN=billing' });
  const account = { name: 'billing', roles: ['application-admin' as const], certificates: [client.cert] };
  const { clientId } = await admin.call('createServiceAccount', { body: account });

  const auth = clientCertificate({ clientId });
  const anka = new AnkaSecure({ baseUrl, auth, fetch: mutualTlsFetch({ ...client, ca: server.cert }) });
  const key = await anka.call('createKey', { body: { algorithm: 'EC-P256', label: 'invoices', purpose: 'sign' } });
  expect((await anka.sign({ keyId: key.id, payload: 'AAAA' })).jws).toMatch(/^eyJ/);

  const another = new AnkaSecure({
    baseUrl,
    auth,
    fetch: mutualTlsFetch({ ...(await makeIdentity()), ca: server.cert }),
  });
  await expect(another.call('getPolicy')).rejects.toMatchObject({ code: 'credential-refused' });
  await expect(new AnkaSecure({ baseUrl, retry: { attempts: 1 } }).call('getPolicy')).rejects.toMatchObject({
    code: 'connection-failed',
  });
});
