import { spawnSync } from 'node:child_process';
import { algorithmNames } from '@ankasecure/algorithm';
import type { CsrResult, Key, KeyUsage } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { openssl } from '../harness/openssl.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'software'] });
});

const named = {
  subject: [{ C: 'ES' }, { O: 'Example' }, { CN: 'pay.example.com' }],
  subjectAltNames: { dns: ['pay.example.com'], ip: ['192.0.2.1'] },
};
const request = (id: string, body: object = named, query = '') =>
  tenant.admin.send<CsrResult>('POST', `/keys/${id}/csr${query}`, { body });
const signing = (algorithm: Key['algorithm'], more: { alg?: 'PS256'; custody?: 'software' } = {}): Promise<Key> =>
  tenant.createKey({ algorithm, purpose: 'sign', ...more });
/** Some versions of openssl end with 0 whether or not the signature is valid. */
const isVerified = (input: string): boolean =>
  /verify OK/.test(spawnSync('openssl', ['req', '-verify', '-noout'], { input, encoding: 'utf8' }).stderr);
const shownBy = (csr: string, ...args: string[]): Promise<string> =>
  openssl(['req', '-in', 'csr.pem', '-noout', ...args], { 'csr.pem': csr }, (stdout) => stdout);

describe('a certification request', () => {
  it.each([
    ['RSA-2048', 'RS256', 'sha256WithRSAEncryption'],
    ['RSA-2048', 'PS256', 'rsassaPss'],
    ['EC-P256', 'ES256', 'ecdsa-with-SHA256'],
    ['EC-P384', 'ES384', 'ecdsa-with-SHA384'],
    ['EC-P521', 'ES512', 'ecdsa-with-SHA512'],
    ['Ed25519', 'EdDSA', 'ED25519'],
  ] as const)(
    'of %s by %s is signed in the HSM and has the names and the public key',
    async (algorithm, alg, shown) => {
      const { id, publicKey } = await signing(algorithm, alg === 'PS256' ? { alg } : {});
      const { body, headers, correlationId } = await request(id, { ...named, alg });
      expect(body).toMatchObject({ keyId: id, version: 1, algorithm, alg, custody: 'token' });
      expect(headers.get('server-timing')).toMatch(/hsm;dur=/);
      expect(await shownBy(body.pem, '-pubkey')).toBe(publicKey?.pem);
      const text = await shownBy(body.pem, '-text');
      expect(isVerified(body.pem)).toBe(true);
      expect(text).toContain('Subject: C = ES, O = Example, CN = pay.example.com');
      expect(text).toContain('DNS:pay.example.com, IP Address:192.0.2.1');
      expect(text).toContain(`Signature Algorithm: ${shown}`);
      expect(body.pem.replaceAll(/-----[A-Z ]+-----|\n/g, '')).toBe(body.der);
      const [event] = await sealedEvents(tenant.admin, correlationId);
      expect(event).toMatchObject({ operation: 'sign', keyId: id, outcome: 'success' });
      expect(event?.details).toMatchObject({ within: 'csr', alg });
      expect(event?.details['requestSha256']).toMatch(/^[\w-]{43}$/);
    },
  );

  it.each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const)('can be of %s', async (algorithm) => {
    // SoftHSM has no ML-DSA, so this key is in software.
    const { body } = await request((await signing(algorithm, { custody: 'software' })).id);
    expect(body).toMatchObject({ algorithm, alg: algorithm, custody: 'software' });
  });

  it('is of the current version, by id or by alias, and counts as a signature', async () => {
    const { id } = await signing('EC-P256');
    await tenant.admin.put('/aliases/of-csr', { keyId: id });
    await tenant.admin.post(`/keys/${id}/rotate`, {});
    expect((await request('of-csr')).body).toMatchObject({ keyId: id, version: 2 });
    expectProblem(await request(id, { ...named, version: 1 }), 'key-state');
    expect((await request(id, { ...named, version: 2 })).status).toBe(200);
    const usage = await tenant.admin.get<KeyUsage>(`/keys/${id}/usage`);
    expect(usage.items[0]).toMatchObject({ version: 2, operations: [{ operation: 'sign', count: 2 }] });
  });

  it('is refused for keys that sign nothing for others, by another algorithm, and with names that are none', async () => {
    for (const key of [{ algorithm: 'AES-256' }, { algorithm: 'HMAC-SHA256', purpose: 'mac' }] as const)
      expectProblem(await request((await tenant.createKey(key)).id), 'purpose-mismatch');
    const { id } = await signing('EC-P256');
    expectProblem(await request(id, { ...named, alg: 'RS256' }), 'algorithm-mismatch');
    for (const body of [{}, { subject: [] }, { subjectAltNames: { dns: ['a b'] } }, { items: [named] }])
      expectProblem(await request(id, body), 'request-invalid');
    await tenant.admin.post(`/keys/${id}/suspend`, {});
    expectProblem(await request(id), 'key-state');
    expectProblem(await request('no-such-key'), 'key-not-found');
  });

  it('is refused by the policy that refuses the signature', async () => {
    const { id } = await signing('Ed25519');
    await tenant.changePolicy({ allowedAlgorithms: ['EC-P256'] });
    expectProblem(await request(id), 'policy-refused');
    const { body } = await request(id, named, '?dryRun=true');
    expect(body).toMatchObject({ dryRun: true, operation: 'csr', succeeds: false });
    await tenant.changePolicy({ allowedAlgorithms: [...algorithmNames] });
  });

  it('can be tried, which makes nothing', async () => {
    const { id } = await signing('EC-P256');
    const { body, correlationId } = await request(id, named, '?dryRun=true');
    expect(body).toMatchObject({ dryRun: true, operation: 'csr', succeeds: true, keyId: id });
    expect(JSON.stringify(body)).not.toContain('CERTIFICATE');
    expect(await sealedEvents(tenant.admin, correlationId)).toMatchObject([{ operation: 'dry-run.sign' }]);
  });
});
