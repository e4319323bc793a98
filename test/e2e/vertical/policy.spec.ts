import { algorithmNames } from '@ankasecure/algorithm';
import {
  type EncryptResult,
  type Key,
  type listAlgorithms,
  type Policy,
  policy as policySchema,
  type SignResult,
} from '@ankasecure/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { type Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

type Listing = ReturnType<typeof listAlgorithms.reply.parse>;

describe('the policy of a tenant', () => {
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
  const row = async (algorithm: string, purpose: string) =>
    (await client.get<Listing>('/algorithms')).items.find(
      (item) => item.algorithm === algorithm && item.purpose === purpose,
    );
  const sign = (key: Key) => client.send('POST', '/sign', { body: { keyId: key.id, payload: 'AAAA' } });

  it('allows everything at first', async () => {
    expect(policySchema.parse(await tenant.policy())).toMatchObject({
      tenantId: tenant.id,
      version: 1,
      allowedAlgorithms: [...algorithmNames],
      fipsOnly: false,
      pendingVersion: null,
    });
  });

  it('explains what it excludes', async () => {
    const allowed = algorithmNames.filter((name) => name !== 'Ed25519');
    await tenant.changePolicy({ allowedAlgorithms: allowed });
    expect(await row('Ed25519', 'sign')).toMatchObject({
      available: false,
      reasons: expect.arrayContaining([
        expect.objectContaining({ code: 'policy', detail: expect.stringContaining('Ed25519') as unknown }),
      ]) as unknown,
    });
    expect(await row('EC-P256', 'sign')).toMatchObject({ available: true, reasons: [] });
    const listing = await client.get<Listing>('/algorithms');
    expect(listing).toMatchObject({
      policyVersion: 2,
      fipsOnly: false,
      hsm: { partition: 'default', profile: 'softhsm', cmvp: null },
    });
    expectProblem(
      await client.send('POST', '/keys', { body: { algorithm: 'Ed25519', label: 'refused' } }),
      'policy-refused',
    );
  });

  it('applies at every use, also to existing keys, and can be undone', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    expect((await sign(key)).status).toBe(200);
    await tenant.changePolicy({ allowedAlgorithms: ['EC-P384'] });
    // The request is repeated so that it reaches every worker.
    for (let time = 0; time < 10; time++) {
      const reply = await sign(key);
      expectProblem(reply, 'policy-refused');
      const [event] = await sealedEvents(client, reply.correlationId);
      expect(event).toMatchObject({
        operation: 'sign',
        outcome: 'failure',
        failureCode: 'policy-refused',
        keyId: key.id,
      });
    }
    await tenant.changePolicy({ allowedAlgorithms: ['EC-P256'] });
    for (let time = 0; time < 10; time++) expect((await sign(key)).status).toBe(200);
  });

  it('refuses with FIPS-only every step that this token leaves outside its boundary', async () => {
    const key = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    expect(key.warnings).toEqual([{ code: 'oaep-unpadding', detail: expect.any(String) as unknown }]);
    const { jwe, warnings } = await client.post<EncryptResult>('/encrypt', { keyId: key.id, plaintext: 'AAAA' });
    expect(warnings?.map(({ code }) => code)).toEqual(['oaep-unpadding']);
    await tenant.changePolicy({ fipsOnly: true });
    expectProblem(await client.send('POST', '/decrypt', { body: { jwe } }), 'policy-refused');
    expectProblem(
      await client.send('POST', '/encrypt', { body: { keyId: key.id, plaintext: 'AAAA' } }),
      'policy-refused',
    );
    expectProblem(
      await client.send('POST', '/keys', { body: { algorithm: 'RSA-2048', purpose: 'encrypt', label: 'refused' } }),
      'policy-refused',
    );
    expect(await row('RSA-2048', 'encrypt')).toMatchObject({ available: false, reasons: [{ code: 'fips-only' }] });
    expect(await row('RSA-2048', 'sign')).toMatchObject({ available: true });
    await tenant.changePolicy({ fipsOnly: false });
    expect((await client.post<{ plaintext: string }>('/decrypt', { jwe })).plaintext).toBe('AAAA');
  });

  it('names with FIPS-only every step outside the HSM, and refuses what its page says', async () => {
    const { hsm: _, ...listing } = await client.get<Listing>('/algorithms');
    const stepsOf = (alg: string) =>
      new Set(
        listing.items.flatMap(({ outsideSteps }) =>
          outsideSteps.filter((one) => one.alg === alg).map(({ step }) => step),
        ),
      );
    const content = ['content-encryption', 'content-randomness'];
    expect([stepsOf('A256KW'), stepsOf('dir'), stepsOf('ES256')]).toEqual([
      new Set(content),
      new Set(['random-iv']),
      new Set(['message-hash', 'signature-verification']),
    ]);
    expect(stepsOf('ECDH-ES+A256KW')).toEqual(
      new Set(['ephemeral-key', 'shared-secret-derivation', 'content-key-wrap', ...content]),
    );
    const wrap = await tenant.createKey({ algorithm: 'AES-256' });
    const direct = await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' });
    const agreed = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'encrypt' });
    const encrypt = (key: Key) =>
      client.send<EncryptResult>('POST', '/encrypt', { body: { keyId: key.id, plaintext: 'AAAA' } });
    const before = [await encrypt(wrap), await encrypt(direct), await encrypt(agreed)];
    expect(before.map(({ status, body }) => [status, body.warnings])).toEqual(Array(3).fill([200, undefined]));

    await tenant.changePolicy({ fipsOnly: true });
    const named = await encrypt(wrap);
    expect(named.body.warnings?.map(({ code }) => code)).toEqual(content);
    const opened = await client.post<EncryptResult>('/decrypt', { jwe: named.body.jwe });
    expect(opened.warnings?.map(({ code }) => code)).toEqual(content);
    for (const key of [direct, agreed]) expectProblem(await encrypt(key), 'policy-refused');
    for (const { body } of before.slice(1))
      expectProblem(await client.send('POST', '/decrypt', { body: { jwe: body.jwe } }), 'policy-refused');
    for (const refused of [
      { algorithm: 'AES-256', alg: 'dir' },
      { algorithm: 'EC-P256', purpose: 'encrypt' },
    ])
      expectProblem(await client.send('POST', '/keys', { body: { label: 'refused', ...refused } }), 'policy-refused');
    expect(await row('AES-256', 'encrypt')).toMatchObject({ available: true, algs: ['A256KW'] });
    expect((await row('AES-256', 'encrypt'))?.reasons).toMatchObject([{ code: 'fips-only', rule: 'fipsOnly' }]);
    expect(await row('EC-P256', 'encrypt')).toMatchObject({ available: false });
  });

  it('refuses every use where FIPS-only asks for a certificate of the module and none is known', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const signing = { keyId: key.id, payload: 'AAAA' };
    const { jws } = await client.post<SignResult>('/sign', signing);
    const { verdicts } = (await row('EC-P256', 'sign')) ?? expect.unreachable();
    const unknown = { verdict: 'unknown', reason: 'No CMVP certificate is configured for this HSM' };
    expect(verdicts).toMatchObject({ approved: { verdict: 'yes' }, listed: unknown, active: unknown });
    await tenant.changePolicy({ fipsOnly: 'algorithm' });
    const { warnings } = await client.post<SignResult>('/sign', signing);
    expect(warnings?.map(({ code }) => code)).toEqual(['message-hash', 'signature-verification']);
    await tenant.changePolicy({ fipsOnly: 'module' });
    const calls: readonly (readonly [string, object])[] = [
      ['/sign', signing],
      ['/verify', { jws }],
      ['/keys', { algorithm: 'EC-P256', purpose: 'sign', label: 'refused' }],
      [`/keys/${key.id}/rotate`, {}],
    ];
    const listed = (await row('EC-P256', 'sign'))?.reasons;
    expect(listed).toMatchObject([{ code: 'module-not-listed' }, { code: 'module-not-active' }]);
    for (const [path, body] of calls) {
      const refused = await client.send<{ reasons: unknown }>('POST', path, { body });
      expectProblem(refused, 'policy-refused');
      expect([path, refused.body.reasons]).toEqual([path, listed]);
    }
    await tenant.changePolicy({ fipsOnly: false });
    expect((await client.post<SignResult>('/sign', signing)).warnings).toBeUndefined();
  });

  it('changes only from its current version', async () => {
    const body = { allowedAlgorithms: ['EC-P256'], fipsOnly: false };
    const read = await client.send<Policy>('GET', '/policy');
    const etag = read.headers.get('etag') ?? '';
    expect(etag).toBe(`"${read.body.version}"`);
    expectProblem(await client.send('PUT', '/policy', { body }), 'precondition-required');
    expectProblem(await client.send('PUT', '/policy', { body, headers: { 'if-match': '"7"' } }), 'precondition-failed');
    const changed = await client.send<Policy>('PUT', '/policy', { body, headers: { 'if-match': etag } });
    expect(changed.body).toMatchObject({ version: 2, allowedAlgorithms: ['EC-P256'], changedBy: 'administrator' });
    expect(changed.headers.get('etag')).toBe('"2"');
    const repeated = await client.send<Policy>('PUT', '/policy', { body, headers: { 'if-match': etag } });
    expect(repeated.body, 'the same change by the same caller, whose answer may have been lost').toEqual(changed.body);
    const other = { ...body, fipsOnly: true };
    const stale = await client.send('PUT', '/policy', { body: other, headers: { 'if-match': etag } });
    expectProblem(stale, 'precondition-failed');
    const [event] = await sealedEvents(client, changed.correlationId);
    expect(event).toMatchObject({ outcome: 'success', userId: 'administrator', tenantId: tenant.id });
  });
});
