import type { evaluatePolicy, ItemFailure, Key, listAlgorithms, Policy, PolicyTemplate } from '@ankasecure/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Client } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

type Evaluation = z.infer<typeof evaluatePolicy.reply>;
type Listing = z.infer<typeof listAlgorithms.reply>;

describe('a policy', () => {
  let rig: Rig;
  let tenant: Tenant;
  let client: Client;
  beforeAll(async () => {
    rig = await sharedRig();
  });
  beforeEach(async () => {
    tenant = await newTenant(rig);
    client = tenant.admin;
  });
  const evaluate = (body: object): Promise<Evaluation> => client.post<Evaluation>('/policy/evaluate', body);

  it('is evaluated as it is enforced, for existing and possible keys', async () => {
    const key: Key = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    expect(await evaluate({ use: 'create', algorithm: 'EC-P256' })).toEqual({
      allow: true,
      rule: 'allowedAlgorithms',
      source: 'the tenant’s policy',
      reasons: [],
      warnings: [],
      until: null,
      policyVersion: 1,
      algorithm: 'EC-P256',
      purpose: 'sign',
      custody: 'token',
      outsideSteps: ['message-hash', 'signature-verification'],
    });
    await tenant.changePolicy({ fipsOnly: true, requiredLabels: ['owner'], maxKeyLifeDays: 1 });
    // The request is repeated so that it reaches every worker.
    for (let time = 0; time < 10; time++) {
      expect(await evaluate({ use: 'process', keyId: key.id })).toMatchObject({
        allow: false,
        rule: 'fipsOnly',
        reasons: [{ code: 'fips-only', detail: expect.stringContaining('oaep-unpadding') as unknown }],
        outsideSteps: ['oaep-unpadding', 'public-key-encryption', 'content-encryption', 'content-randomness'],
        policyVersion: 2,
      });
      const { fipsOnly, policyVersion } = await client.get<Listing>('/algorithms');
      expect([fipsOnly, policyVersion]).toEqual([true, 2]);
    }
    expect(await evaluate({ use: 'create', algorithm: 'AES-256' })).toMatchObject({ rule: 'requiredLabels' });
    expect(await evaluate({ use: 'create', algorithm: 'AES-256', labels: ['owner'] })).toMatchObject({ allow: true });
    const tomorrow = new Date(Date.parse(key.createdAt) + 86_400_000).toISOString();
    expect((await evaluate({ use: 'protect', keyId: key.id, at: tomorrow })).reasons.map(({ rule }) => rule)).toEqual([
      'maxKeyLifeDays',
      'fipsOnly',
    ]);
    expect(await evaluate({ use: 'protect', algorithm: 'RSA-2048', purpose: 'sign' })).toMatchObject({
      allow: true,
      source: expect.stringContaining('FIPS 186-5') as unknown,
      until: '2031-01-01T00:00:00.000Z',
    });
  });

  it('is evaluated with the limits of the platform and its token, which are not reported as rules of the policy', async () => {
    await tenant.changePolicy({ custody: ['token', 'software'] });
    const questions = [
      [{ use: 'create', algorithm: 'AES-256', purpose: 'wrap' }, 'purpose-mismatch'],
      [{ use: 'create', algorithm: 'AES-256', custody: 'software' }, 'algorithm-unavailable'],
    ] as const;
    for (const [{ use, ...asked }, code] of questions) {
      const { allow, rule, reasons } = await evaluate({ use, ...asked });
      expect([allow, rule]).toEqual([false, 'platform']);
      expect(reasons).toMatchObject([{ code, rule: 'platform' }]);
      expectProblem(await client.send('POST', '/keys', { body: { ...asked, label: 'not to be' } }), code);
    }
    expect(await evaluate({ use: 'protect', algorithm: 'AES-256', purpose: 'wrap' })).toMatchObject({
      allow: false,
      rule: 'platform',
      reasons: [{ code: 'purpose-mismatch' }],
    });
    expect(await evaluate({ use: 'process', algorithm: 'AES-256', purpose: 'wrap' })).toMatchObject({ allow: true });
    await tenant.changePolicy({ allowedAlgorithms: ['EC-P256'] });
    const both = await evaluate({ use: 'create', algorithm: 'AES-256', purpose: 'wrap' });
    expect([both.rule, both.reasons.map(({ rule }) => rule)]).toEqual([
      'allowedAlgorithms',
      ['allowedAlgorithms', 'platform'],
    ]);
  });

  it('names the rules that refuse a call, an item of a batch or a change of labels', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P384', purpose: 'sign' });
    const owned = await client.send<Key>('POST', '/keys', {
      body: { algorithm: 'AES-256', label: 'owned', metadata: { owner: 'me' } },
    });
    await tenant.changePolicy({ cnsa2: true, requiredLabels: ['owner'] });
    const { rule, source, reasons } = await evaluate({ use: 'protect', keyId: key.id });
    const refusal = { rule, source, reasons };
    expect(refusal).toMatchObject({ rule: 'cnsa2', source: expect.stringContaining('CNSA 1.0') as unknown });
    const item = { keyId: key.id, payload: 'AAAA' };
    const refused = await client.send('POST', '/sign', { body: item });
    expectProblem(refused, 'policy-refused');
    expect(refused.body).toMatchObject(refusal);
    const { items } = await client.post<{ items: ItemFailure[] }>('/sign', { items: [item] });
    expect(items[0]?.error).toMatchObject({ code: 'policy-refused', ...refusal });
    const edited = await client.send('PATCH', `/keys/${owned.body.id}`, {
      body: { metadata: {} },
      headers: { 'if-match': owned.headers.get('etag') ?? '' },
    });
    expectProblem(edited, 'policy-refused');
    expect(edited.body).toMatchObject({ rule: 'requiredLabels', reasons: [{ rule: 'requiredLabels' }] });
  });

  it('is not evaluated for an invalid question', async () => {
    for (const body of [
      { use: 'protect' },
      { use: 'protect', algorithm: 'AES-256', keyId: tenant.id },
      { use: 'create', keyId: tenant.id },
      { use: 'protect', keyId: tenant.id, custody: 'token' },
      { use: 'admire', algorithm: 'AES-256' },
      { use: 'create', algorithm: 'AES-256', labels: ['a\u0000b'] },
      { use: 'create', algorithm: 'AES-256', labels: ['a\ud800b'] },
    ])
      expectProblem(await client.send('POST', '/policy/evaluate', { body }), 'request-invalid');
  });

  it('is refused with a source that cannot be stored, also by a dry run', async () => {
    for (const source of ['a\u0000b', 'a\ud800b', 'a\nb', ' a'])
      for (const path of ['/policy', '/policy?dryRun=true']) {
        const sunsets = [{ algorithm: 'EC-P256', protectUntil: '2030-01-01T00:00:00Z', source }];
        const body = { allowedAlgorithms: ['EC-P256'], fipsOnly: false, sunsets };
        expectProblem(await client.send('PUT', path, { body, headers: { 'if-match': '"1"' } }), 'request-invalid');
      }
  });

  it('is refused if it contradicts itself', async () => {
    for (const [change, words] of [
      [{ purposes: { 'AES-256': ['sign'] } }, 'keys of AES-256 cannot have the purpose sign'],
      [{ sunsets: [{ algorithm: 'AES-256' }] }, 'must have at least one of warnFrom, protectUntil and processUntil'],
    ] as const) {
      const body = { allowedAlgorithms: ['AES-256'], fipsOnly: false, ...change };
      const refused = await client.send('PUT', '/policy', { body, headers: { 'if-match': '"1"' } });
      expectProblem(refused, 'request-invalid');
      expect(refused.text).toContain(words);
    }
  });

  it('is created from a template, compared with an earlier version and rolled back', async () => {
    const { items } = await client.get<{ items: PolicyTemplate[] }>('/policy/templates');
    expect(items.length).toBeGreaterThanOrEqual(4);
    const { document } = await client.get<PolicyTemplate>('/policy/templates/cnsa-2.0');
    expectProblem(await client.send('GET', '/policy/templates/none'), 'policy-template-not-found');
    await client.put<Policy>('/policy', document, { 'if-match': '"1"' });
    expect(await client.get('/policy/versions/2')).toMatchObject({ state: 'active', document });
    const { changes } = await client.get<{ changes: { field: string }[] }>('/policy/versions/1/diff/2');
    expect(changes.map(({ field }) => field)).toEqual([
      'allowedAlgorithms',
      'fipsOnly',
      'cnsa2',
      'custody',
      'maxRotationIntervalDays',
    ]);
    expectProblem(
      await client.send('POST', '/keys', { body: { algorithm: 'EC-P384', label: 'refused' } }),
      'policy-refused',
    );
    const back = await client.send<Policy>('POST', '/policy/rollback', {
      body: { version: 1 },
      headers: { 'if-match': '"2"' },
    });
    expect([back.status, back.body.version, back.headers.get('etag')]).toEqual([200, 3, '"3"']);
    await tenant.createKey({ algorithm: 'EC-P384' });
    const { items: versions } = await client.get<{ items: { version: number; restores: number | null }[] }>(
      '/policy/versions?limit=2',
    );
    expect(versions.map(({ version, restores }) => [version, restores])).toEqual([
      [3, 1],
      [2, null],
    ]);
  });
});
