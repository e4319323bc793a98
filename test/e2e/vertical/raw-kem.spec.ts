import type { DecapsulateResult, EncapsulateResult, ItemFailure } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

interface Listed {
  readonly items: readonly {
    readonly algorithm: string;
    readonly purpose: string;
    readonly software: boolean;
    readonly reasons: readonly { readonly rule?: string }[];
    readonly outsideSteps: readonly { readonly step: string; readonly fipsOnlyRefuses: boolean }[];
  }[];
}

const sizes = { 'ML-KEM-512': 768, 'ML-KEM-768': 1088, 'ML-KEM-1024': 1568 } as const;
const sets = Object.entries(sizes) as [keyof typeof sizes, number][];

/** SoftHSM has no ML-KEM, so these keys are in software. `test/pq` has them in a token. */
const inSoftware = { custody: ['token', 'wrapped', 'software'] } as const;
const allowing = { custody: [...inSoftware.custody], rawKem: true };
const raw = (algorithm: keyof typeof sizes) => ({ algorithm, purpose: 'encapsulate', custody: 'software' }) as const;

const changed = (ciphertext: string): string => `${ciphertext.startsWith('A') ? 'B' : 'A'}${ciphertext.slice(1)}`;

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const post = <Body>(path: string, body: object) => tenant.admin.send<Body>('POST', path, { body });
const encapsulate = (keyId: string) => tenant.admin.post<EncapsulateResult>('/encapsulate', { keyId });
const decapsulate = (body: object) => tenant.admin.post<DecapsulateResult>('/decapsulate', body);
const rowOf = async (algorithm: string) => {
  const { items } = await tenant.admin.get<Listed>('/algorithms');
  return items.find((row) => row.algorithm === algorithm && row.purpose === 'encapsulate') ?? expect.unreachable();
};

describe('raw key encapsulation', () => {
  it('is refused unless the policy allows it, which GET /algorithms says', async () => {
    await tenant.changePolicy({ custody: [...inSoftware.custody] });
    const refused = await post<{ detail: string }>('/keys', { label: 'raw', ...raw('ML-KEM-768') });
    expectProblem(refused, 'policy-refused');
    expect(refused.text).toContain('rawKem');
    const row = await rowOf('ML-KEM-768');
    expect(row.software).toBe(false);
    expect(row.reasons).toContainEqual(expect.objectContaining({ rule: 'rawKem' }));
    expect(row.outsideSteps).toContainEqual(
      expect.objectContaining({ step: 'shared-secret-release', fipsOnlyRefuses: true }),
    );
    await tenant.changePolicy(allowing);
    expect((await rowOf('ML-KEM-768')).software).toBe(true);
  });

  it.each(sets)('of %s gives both sides one secret, and its events do not have it', async (algorithm, bytes) => {
    await tenant.changePolicy(allowing);
    const key = await tenant.createKey(raw(algorithm));
    expect(key).toMatchObject({ purpose: 'encapsulate', algs: [algorithm] });
    expect(key.publicKey?.jwk).toMatchObject({ kty: 'AKP', alg: algorithm, use: 'enc' });
    const sent = await post<EncapsulateResult>('/encapsulate', { keyId: key.id });
    const { ciphertext, sharedSecret } = sent.body;
    expect([ciphertext, sharedSecret].map((text) => Buffer.from(text, 'base64url').length)).toEqual([bytes, 32]);
    const got = await post<DecapsulateResult>('/decapsulate', { keyId: key.id, version: 1, ciphertext });
    const used = { keyId: key.id, version: 1, algorithm, alg: algorithm, custody: 'software' };
    expect(sent.body).toMatchObject({ ...used, warnings: [{ code: 'shared-secret-release' }] });
    expect(got.body).toMatchObject({ ...used, sharedSecret, warnings: [{ code: 'shared-secret-release' }] });
    for (const [operation, { correlationId }] of [
      ['encapsulate', sent],
      ['decapsulate', got],
    ] as const) {
      const events = await sealedEvents(tenant.admin, correlationId);
      expect(events).toMatchObject([
        { operation, keyId: key.id, outcome: 'success', details: { alg: algorithm, released: 'shared-secret' } },
      ]);
      expect(JSON.stringify(events)).not.toContain(sharedSecret);
    }
  });

  it('rejects a changed ciphertext implicitly, and one of another length before the key is used', async () => {
    await tenant.changePolicy(allowing);
    const { id: keyId } = await tenant.createKey(raw('ML-KEM-768'));
    const { ciphertext, sharedSecret } = await encapsulate(keyId);
    const other = await decapsulate({ keyId, version: 1, ciphertext: changed(ciphertext) });
    expect(other.sharedSecret).toHaveLength(43);
    expect(other.sharedSecret).not.toBe(sharedSecret);
    for (const wrong of ['', 'AAAA', ciphertext.slice(4), 'A'.repeat(1024), 'A'.repeat(2092), 'A'.repeat(3000)])
      expectProblem(await post('/decapsulate', { keyId, version: 1, ciphertext: wrong }), 'request-invalid');
    expectProblem(await post('/decapsulate', { keyId, ciphertext }), 'request-invalid');
  });

  it('needs a version, because another one gives another secret', async () => {
    await tenant.changePolicy(allowing);
    const { id: keyId } = await tenant.createKey(raw('ML-KEM-512'));
    const { ciphertext, sharedSecret } = await encapsulate(keyId);
    await tenant.admin.post(`/keys/${keyId}/rotate`, {});
    expect((await encapsulate(keyId)).version).toBe(2);
    expect(await decapsulate({ keyId, version: 1, ciphertext })).toMatchObject({ sharedSecret, version: 1 });
    const second = await decapsulate({ keyId, version: 2, ciphertext });
    expect(second.sharedSecret).not.toBe(sharedSecret);
    await tenant.admin.post(`/keys/${keyId}/compromise`, { version: 1 });
    expectProblem(await post('/decapsulate', { keyId, version: 1, ciphertext }), 'key-state');
    const atRisk = { keyId, version: 1, ciphertext, acceptRisk: true };
    expect(await decapsulate(atRisk)).toMatchObject({ sharedSecret, version: 1 });
  });

  it('takes batches, aliases and dry runs', async () => {
    await tenant.changePolicy(allowing);
    const { id: keyId } = await tenant.createKey(raw('ML-KEM-1024'));
    await tenant.admin.put('/aliases/raw', { keyId });
    const items = [{ keyId }, { alias: 'raw' }, { keyId, alias: 'raw' }];
    const made = await tenant.admin.post<{ items: (EncapsulateResult | ItemFailure)[] }>('/encapsulate', { items });
    const [first, second, third] = made.items as [EncapsulateResult, EncapsulateResult, ItemFailure];
    expect(third.error.code).toBe('request-invalid');
    const opened = await tenant.admin.post<{ items: unknown[] }>('/decapsulate', {
      items: [
        { keyId, version: 1, ciphertext: first.ciphertext },
        { alias: 'raw', version: 1, ciphertext: second.ciphertext },
      ],
    });
    expect(opened.items).toMatchObject([{ sharedSecret: first.sharedSecret }, { sharedSecret: second.sharedSecret }]);
    const dry = await post('/decapsulate?dryRun=true', { keyId, version: 1, ciphertext: first.ciphertext });
    expect(dry.body).toMatchObject({ succeeds: true });
    expect(dry.text).not.toContain(first.sharedSecret);
    const short = await post('/decapsulate?dryRun=true', { keyId, version: 1, ciphertext: 'AAAA' });
    expect(short.body).toMatchObject({ succeeds: false });
    expect((await post('/encapsulate?dryRun=true', { keyId })).text).not.toContain('"sharedSecret"');
  });

  it('does not take a key for JWEs, nor a JWE one of its keys', async () => {
    await tenant.changePolicy(allowing);
    const forRaw = await tenant.createKey(raw('ML-KEM-768'));
    const forJwe = await tenant.createKey({ algorithm: 'ML-KEM-768', custody: 'software' });
    const { ciphertext } = await encapsulate(forRaw.id);
    expectProblem(await post('/encapsulate', { keyId: forJwe.id }), 'purpose-mismatch');
    expectProblem(await post('/decapsulate', { keyId: forJwe.id, version: 1, ciphertext }), 'purpose-mismatch');
    expectProblem(await post('/encrypt', { keyId: forRaw.id, plaintext: 'AAAA' }), 'purpose-mismatch');
    const { jwe } = await tenant.admin.post<{ jwe: string }>('/encrypt', { keyId: forJwe.id, plaintext: 'AAAA' });
    expectProblem(await post('/decrypt', { keyId: forRaw.id, jwe }), 'purpose-mismatch');
    expectProblem(await post('/sign', { keyId: forRaw.id, payload: 'AAAA' }), 'purpose-mismatch');
    const named = { label: 'x', ...raw('ML-KEM-768') };
    expectProblem(await post('/keys', { ...named, alg: 'urn:ankasecure:jwe:ML-KEM-768+A256KW' }), 'algorithm-mismatch');
  });

  it('is refused at once when the policy no longer allows it, and by FIPS-only', async () => {
    await tenant.changePolicy(allowing);
    const { id: keyId } = await tenant.createKey(raw('ML-KEM-768'));
    const { ciphertext } = await encapsulate(keyId);
    const calls = async () => [
      await post('/encapsulate', { keyId }),
      await post('/decapsulate', { keyId, version: 1, ciphertext }),
      await post(`/keys/${keyId}/rotate`, {}),
    ];
    await tenant.changePolicy({ rawKem: false });
    for (const reply of await calls()) expectProblem(reply, 'policy-refused');
    await tenant.changePolicy({ ...allowing, fipsOnly: true });
    for (const reply of await calls()) expectProblem(reply, 'policy-refused');
    await tenant.changePolicy({ fipsOnly: false });
    expect(await decapsulate({ keyId, version: 1, ciphertext })).toMatchObject({ version: 1 });
  });
});
