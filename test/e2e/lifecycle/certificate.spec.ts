import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CsrResult, Key, KeyCertificate, KeySet, SignResult, VerifyResult } from '@ankasecure/contracts';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

const run = promisify(execFile);

let tenant: Tenant & { readonly slug: string };
let directory: string;
const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: directory });
const file = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');

beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  directory = await mkdtemp(join(tmpdir(), 'anka-ca-'));
  const authority = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
  ];
  await openssl('req', '-x509', ...authority, '-subj', '/CN=An authority', '-keyout', 'ca.key', '-out', 'ca.pem');
});
afterAll(() => rm(directory, { recursive: true }));

/** A certificate that the authority issues for the key's request. */
const certified = async (id: string): Promise<string> => {
  const { pem } = await tenant.admin.post<CsrResult>(`/keys/${id}/csr`, { subject: [{ CN: 'pay.example.com' }] });
  await writeFile(join(directory, `${id}.csr`), pem);
  await openssl(
    'x509',
    '-req',
    '-in',
    `${id}.csr`,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-days',
    '30',
    '-out',
    `${id}.pem`,
  );
  return file(`${id}.pem`);
};
const signingKey = (algorithm: Key['algorithm'] = 'EC-P256'): Promise<Key> =>
  tenant.createKey({ algorithm, purpose: 'sign' });
const chainOf = async (id: string): Promise<string> => (await certified(id)) + (await file('ca.pem'));
const send = <Body = KeyCertificate>(
  method: 'GET' | 'PUT' | 'DELETE',
  id: string,
  body?: object,
  headers = {},
  query = '',
) => tenant.admin.send<Body>(method, `/keys/${id}/certificate${query}`, { ...(body && { body }), headers });
const keySet = async (id: string) =>
  (await tenant.admin.get<KeySet>(`/tenants/${tenant.slug}/.well-known/jwks.json?kid=${id}.1`)).keys[0];

describe('the certificate of a key', () => {
  it.each(['EC-P256', 'RSA-2048', 'Ed25519'] as const)(
    'of %s is shown wherever its public key is',
    async (algorithm) => {
      const { id } = await signingKey(algorithm);
      expectProblem(await send('GET', id), 'key-not-found');
      const before = await keySet(id);
      const pem = await chainOf(id);
      const { body, correlationId } = await send('PUT', id, { pem });
      const [own, authority] = [await file(`${id}.pem`), await file('ca.pem')].map((one) => new X509Certificate(one));
      const x5c = [own, authority].map((one) => one?.raw.toString('base64'));
      const thumbprint = Buffer.from(own?.fingerprint256.replaceAll(':', '') ?? '', 'hex').toString('base64url');
      expect(body).toEqual({
        keyId: id,
        version: 1,
        x5c,
        'x5t#S256': thumbprint,
        pem,
        subject: 'CN=pay.example.com',
        issuer: 'CN=An authority',
        serialNumber: own?.serialNumber,
        notBefore: own?.validFromDate.toISOString(),
        notAfter: own?.validToDate.toISOString(),
      });
      expect((await send('GET', id)).body).toEqual(body);
      const shown = { x5c, 'x5t#S256': thumbprint };
      expect(await keySet(id)).toEqual({ ...before, ...shown });
      expect(await tenant.admin.get(`/keys/${id}/public-key`)).toMatchObject({ jwk: shown });
      const details = { version: '1', 'x5t#S256': thumbprint, certificates: '2', notAfter: body.notAfter };
      const [event] = await sealedEvents(tenant.admin, correlationId);
      expect(event).toMatchObject({ operation: 'key.certificate.put', keyId: id, outcome: 'success', details });
    },
  );

  it('is in the header of a JWS that asks for it, and in no other', async () => {
    const { id } = await signingKey();
    const sign = (more: object) =>
      tenant.admin.send<SignResult>('POST', '/sign', { body: { keyId: id, payload: 'AAAA', ...more } });
    expectProblem(await sign({ certificate: 'chain' }), 'request-invalid');
    const { body } = await send('PUT', id, { pem: await chainOf(id) });
    const headerOf = async (more: object) => {
      const { jws = '' } = (await sign(more)).body;
      expect((await tenant.admin.post<VerifyResult>('/verify', { jws })).valid).toBe(true);
      await compactVerify(jws, new X509Certificate(Buffer.from(body.x5c[0] ?? '', 'base64')).publicKey);
      return decodeProtectedHeader(jws);
    };
    const plain = { alg: 'ES256', kid: `${id}.1` };
    expect(await headerOf({})).toEqual(plain);
    expect(await headerOf({ certificate: 'thumbprint' })).toEqual({ ...plain, 'x5t#S256': body['x5t#S256'] });
    const chain = { ...plain, x5c: body.x5c, 'x5t#S256': body['x5t#S256'] };
    expect(await headerOf({ certificate: 'chain' })).toEqual(chain);
    expect(await headerOf({ certificate: 'chain', header: { typ: 'x' } })).toEqual({ ...chain, typ: 'x' });
    expectProblem(await sign({ certificate: 'chain', format: 'raw' }), 'request-invalid');
  });

  it('belongs to one version, and changes under preconditions', async () => {
    const { id } = await signingKey();
    const pem = await chainOf(id);
    const first = await send('PUT', id, { pem });
    const etag = first.headers.get('etag') ?? '';
    expect((await send('GET', id)).headers.get('etag')).toBe(etag);
    expect((await send('GET', id, undefined, { 'if-none-match': etag })).status).toBe(304);
    expectProblem(await send('PUT', id, { pem }, { 'if-match': '"1"' }), 'precondition-failed');
    expectProblem(await send('DELETE', id, undefined, { 'if-match': '"1"' }), 'precondition-failed');
    expect((await send('PUT', id, { pem }, { 'if-match': etag })).status).toBe(200);
    await tenant.admin.post(`/keys/${id}/rotate`, {});
    expectProblem(await send('GET', id), 'key-not-found');
    expectProblem(await send('PUT', id, { pem }), 'request-invalid');
    expect((await send('GET', id, undefined, {}, '?version=1')).body.version).toBe(1);
    expect((await send('PUT', id, { pem: await chainOf(id) })).body.version).toBe(2);
    expectProblem(await send('PUT', id, { pem, version: 3 }), 'key-not-found');
  });

  it('can be removed, which is tried first', async () => {
    const { id } = await signingKey();
    expectProblem(await send('DELETE', id), 'key-not-found');
    const pem = await chainOf(id);
    expect((await send('PUT', id, { pem }, {}, '?dryRun=true')).body).toMatchObject({ dryRun: true, succeeds: true });
    expectProblem(await send('GET', id), 'key-not-found');
    const { body } = await send('PUT', id, { pem });
    expect((await send('DELETE', id, undefined, {}, '?dryRun=true')).body).toMatchObject({ succeeds: true });
    const removed = await send('DELETE', id);
    expect(removed.body).toEqual(body);
    expect(await sealedEvents(tenant.admin, removed.correlationId)).toMatchObject([
      { operation: 'key.certificate.delete' },
    ]);
    expectProblem(await send('GET', id), 'key-not-found');
    expect(await keySet(id)).not.toHaveProperty('x5c');
  });

  it('is refused for another key, a broken chain, a secret key, and a key that goes', async () => {
    const [{ id }, other] = [await signingKey(), await signingKey()];
    const pem = await certified(id);
    expectProblem(await send('PUT', other.id, { pem }), 'request-invalid');
    expectProblem(await send('PUT', id, { pem: pem + (await certified(other.id)) }), 'request-invalid');
    expectProblem(await send('PUT', id, { pem: 'x' }), 'request-invalid');
    expectProblem(await send('PUT', id, {}), 'request-invalid');
    expectProblem(
      await send('PUT', (await tenant.createKey({ algorithm: 'AES-256' })).id, { pem }),
      'purpose-mismatch',
    );
    await tenant.admin.send('DELETE', `/keys/${id}`);
    expectProblem(await send('PUT', id, { pem }), 'key-state');
  });
});
