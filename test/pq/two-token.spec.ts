import { randomUUID } from 'node:crypto';
import { type AlgorithmName, hpkeAlgs, hpkeDraft, hpkeSuiteOf, mlKemJweAlg, type Purpose } from '@ankasecure/algorithm';
import type {
  DecapsulateResult,
  DecryptResult,
  EncapsulateResult,
  EncryptResult,
  Key,
  SignResult,
  VerifyResult,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { platformClient, type Tenant, tenantAt } from '../e2e/harness/tenant.js';
import { eventually } from '../e2e/harness/wait.js';
import { tokenObjects } from '../fault/token-object.js';

type Custody = 'token' | 'wrapped';
interface Listed {
  readonly items: readonly {
    readonly algorithm: AlgorithmName;
    readonly purpose: Purpose;
    readonly available: boolean;
    readonly custodies: readonly string[];
    readonly reasons: readonly { readonly code: string }[];
  }[];
  readonly hsm: { readonly profile: string; readonly partition: string };
}

const partitions = ['default', 'soft'] as const;
type PartitionName = (typeof partitions)[number];
const profileOf: Readonly<Record<PartitionName, string>> = { default: 'kryoptic', soft: 'softhsm' };
const message = 'bWVzc2FnZQ';

/** What a key of each purpose is used for. A key for `wrap` is imported, never made. */
const useOf: Readonly<Record<Exclude<Purpose, 'wrap'>, (admin: Tenant['admin'], keyId: string) => Promise<void>>> = {
  sign: signAndVerify,
  mac: signAndVerify,
  encapsulate: async (admin, keyId) => {
    const { sharedSecret, ciphertext, version } = await admin.post<EncapsulateResult>('/encapsulate', { keyId });
    const body = { keyId, version, ciphertext };
    expect(await admin.post<DecapsulateResult>('/decapsulate', body)).toMatchObject({ sharedSecret, version });
  },
  encrypt: async (admin, keyId) => {
    const { jwe } = await admin.post<EncryptResult>('/encrypt', { keyId, plaintext: message });
    expect((await admin.post<DecryptResult>('/decrypt', { jwe })).plaintext).toBe(message);
  },
};

async function signAndVerify(admin: Tenant['admin'], keyId: string): Promise<void> {
  const { signature } = await admin.post<SignResult>('/sign', { keyId, payload: message, format: 'raw' });
  const verified = await admin.post<VerifyResult>('/verify', { keyId, payload: message, signature });
  expect(verified.valid).toBe(true);
}

describe('a stack with two workers on a kryoptic token and one on a SoftHSM token', () => {
  let rig: OwnRig;
  const tenants = new Map<PartitionName, Tenant>();
  const tenantOf = (partition: PartitionName): Tenant => tenants.get(partition) ?? expect.unreachable();

  beforeAll(async () => {
    rig = await startOwnRig({
      workers: 2,
      tokens: { default: 'kryoptic', soft: 'softhsm' },
      partitions: ['soft'],
    });
    const platform = await platformClient(rig);
    for (const partition of partitions) {
      const body = { slug: `t-${partition}`, name: partition, partition };
      const headers = { 'idempotency-key': randomUUID() };
      const made = await eventually('a tenant', () => platform.post<{ id: string }>('/tenants', body, headers));
      tenants.set(partition, await tenantAt(rig, made.id));
    }
  });
  afterAll(() => rig.stop());

  it.each(partitions)('tells the token of the partition %s', async (partition) => {
    const { hsm } = await tenantOf(partition).admin.get<Listed>('/algorithms');
    expect(hsm).toMatchObject({ partition, profile: profileOf[partition] });
  });

  it.each(partitions)('makes, uses, rotates and destroys a key of all that %s can do', async (partition) => {
    const { admin, changePolicy } = tenantOf(partition);
    await changePolicy({ rawKem: true });
    const items = await eventually('the end of the self-tests', async () => {
      const { items: listed } = await admin.get<Listed>('/algorithms');
      return !listed.some(({ reasons }) => reasons.some(({ code }) => code === 'self-test-pending')) && listed;
    });
    const rows = items.filter(({ available, purpose }) => available && purpose !== 'wrap');
    expect(rows.length).toBeGreaterThan(10);
    // All parameter sets of ML-DSA, SLH-DSA and, for two purposes, ML-KEM, which kryoptic does not wrap.
    const ownOnly = rows.filter(({ algorithm }) => /^(ML-DSA|SLH-DSA|ML-KEM)-/.test(algorithm));
    expect(ownOnly).toHaveLength(partition === 'default' ? 21 : 0);
    for (const { custodies } of ownOnly) expect(custodies).toEqual(['token']);
    for (const { algorithm, purpose, custodies } of rows)
      for (const custody of custodies.filter((name): name is Custody => name === 'token' || name === 'wrapped')) {
        const body = { algorithm, purpose, custody, label: `${algorithm} ${custody}` };
        const { id } = await admin.post<Key>('/keys', body);
        const use = useOf[purpose as keyof typeof useOf];
        await use(admin, id);
        expect((await admin.post<Key>(`/keys/${id}/rotate`, {})).version).toBe(2);
        await use(admin, id);
        const destroyed = await admin.send<Key>('DELETE', `/keys/${id}?waitingDays=0`);
        expect([algorithm, custody, destroyed.status]).toEqual([algorithm, custody, 200]);
      }
  });

  it.each(hpkeAlgs)('encrypts with %s only if asked to, and tells that it is experimental', async (alg) => {
    const { admin, changePolicy } = tenantOf('default');
    const wanted = { algorithm: hpkeSuiteOf(alg).set, purpose: 'encrypt', label: alg };
    const { id: other, algs } = await admin.post<Key>('/keys', wanted);
    expect(algs).toEqual([mlKemJweAlg(hpkeSuiteOf(alg).set)]);
    const key = await admin.post<Key>('/keys', { ...wanted, alg });
    expect(key).toMatchObject({ algs: [alg], draft: hpkeDraft, fips: { approved: false } });
    expect(key.publicKey?.jwk).toMatchObject({ kty: 'AKP', alg });
    const { jwe, warnings } = await admin.post<EncryptResult>('/encrypt', { keyId: key.id, plaintext: message });
    expect(warnings?.map(({ code }) => code)).toContain('hpke-key-schedule');
    expect((await admin.post<DecryptResult>('/decrypt', { jwe })).plaintext).toBe(message);
    for (const refusing of [{ fipsOnly: true }, { cnsa2: true }]) {
      await changePolicy(refusing);
      for (const [path, body] of [
        ['/keys', { ...wanted, alg }],
        ['/decrypt', { jwe }],
        ['/encrypt', { keyId: key.id, plaintext: message }],
      ] as const)
        expect(await admin.send('POST', path, { body })).toMatchObject({
          status: 403,
          body: { code: 'policy-refused' },
        });
      await changePolicy({ fipsOnly: false, cnsa2: false });
    }
    for (const id of [other, key.id]) await admin.send('DELETE', `/keys/${id}?waitingDays=0`);
  });

  it('leaves no object of a destroyed key on either token', async () => {
    const tokens = { default: rig.stack.hsm, soft: rig.stack.partitions['soft'] ?? expect.unreachable() };
    for (const partition of partitions) {
      const { id: tenantId } = tenantOf(partition);
      const left = await eventually('destroyed keys', async () => {
        const objects = await tokenObjects(tokens[partition]);
        const own = objects.filter(({ label }) => label.includes(`:key:`) && label.includes(tenantId));
        return own.length === 0 && objects;
      });
      expect(left.some(({ label }) => label === `ankasecure:kek:tenant:${tenantId}`)).toBe(true);
    }
  });
});
