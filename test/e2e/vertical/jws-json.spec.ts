import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Key, SignTogetherResult, VerifyPolicy, VerifyTogetherResult } from '@ankasecure/contracts';
import { type GeneralJWS, generalVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
let classical: Key;
let other: Key;
let quantumSafe: Key;
let mac: Key;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'software'] });
  classical = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  other = await tenant.createKey({ algorithm: 'Ed25519' });
  // SoftHSM has no ML-DSA, so this key is in software.
  quantumSafe = await tenant.createKey({ algorithm: 'ML-DSA-65', custody: 'software' });
  mac = await tenant.createKey({ algorithm: 'HMAC-SHA256' });
});

type Jws = SignTogetherResult['jws'];
const text = { payload: 'hello', encoding: 'utf8' };
const post = <Body>(path: string, body: object) => tenant.admin.send<Body>('POST', path, { body });
const signBy = async (...keys: readonly Key[]): Promise<Jws> =>
  (await tenant.admin.post<SignTogetherResult>('/sign', { ...text, keys: keys.map(({ id: keyId }) => ({ keyId })) }))
    .jws;
const verify = async (jws: Jws, policy?: VerifyPolicy): Promise<VerifyTogetherResult> =>
  (await post<VerifyTogetherResult>('/verify', { jws, ...(policy && { policy }) })).body;

const headerOf = (segment: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment, 'base64url').toString()) as Record<string, unknown>;
const segmentOf = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');
const flipped = (text: string): string => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
/** The JWS with one of its signatures spoiled. */
const spoilt = (jws: Jws, at: number): Jws => ({
  ...jws,
  signatures: jws.signatures.map((one, index) => (index === at ? { ...one, signature: flipped(one.signature) } : one)),
});

describe('a JWS in JSON serialization', () => {
  it('has one signature of each key, each with a header of its own, and another library verifies it', async () => {
    const { body, correlationId } = await post<SignTogetherResult>('/sign', {
      ...text,
      keys: [{ keyId: classical.id, header: { typ: 'example' } }, { keyId: other.id }],
    });
    const { jws, signatures } = body;
    expect(Buffer.from(jws.payload ?? '', 'base64url').toString()).toBe('hello');
    expect(signatures.map(({ keyId }) => keyId)).toEqual([classical.id, other.id]);
    expect(jws.signatures.map(({ protected: header }) => headerOf(header))).toEqual([
      { typ: 'example', alg: 'ES256', kid: `${classical.id}.1` },
      { alg: 'EdDSA', kid: `${other.id}.1` },
    ]);
    for (const [at, { publicKey }] of [classical, other].entries()) {
      const one = { ...jws, signatures: [jws.signatures[at]] } as GeneralJWS;
      const key = createPublicKey({ key: publicKey?.jwk as JsonWebKey, format: 'jwk' });
      expect(Buffer.from((await generalVerify(one, key)).payload).toString()).toBe('hello');
    }
    const events = await sealedEvents(tenant.admin, correlationId, 2);
    expect(events.map(({ operation, keyId }) => [operation, keyId])).toEqual(
      expect.arrayContaining([
        ['sign', classical.id],
        ['sign', other.id],
      ]),
    );
  });

  it.each([
    ['ALL', true, false, false, false],
    ['ANY', true, true, true, false],
    ['CLASSICAL_REQUIRED', true, false, true, false],
    ['PQC_REQUIRED', true, true, false, false],
  ] as const)('is verified by %s', async (policy, whole, withoutClassical, withoutQuantumSafe, neither) => {
    const jws = await signBy(classical, quantumSafe);
    const [one, two] = [spoilt(jws, 0), spoilt(jws, 1)];
    const forms = [jws, one, two, spoilt(one, 1)];
    const answers = [];
    for (const form of forms) answers.push(await verify(form, policy));
    expect(answers.map(({ valid }) => valid)).toEqual([whole, withoutClassical, withoutQuantumSafe, neither]);
    expect(answers.map(({ signers }) => signers)).toEqual([2, 1, 1, 0]);
    expect(answers[0]).toMatchObject({
      policy,
      signatures: [
        { valid: true, keyId: classical.id, alg: 'ES256' },
        { valid: true, keyId: quantumSafe.id, alg: 'ML-DSA-65' },
      ],
    });
  });

  it('must fulfil ALL unless the request says otherwise', async () => {
    const jws = await signBy(classical, other);
    expect(await verify(jws)).toMatchObject({ valid: true, policy: 'ALL' });
    expect(await verify(spoilt(jws, 1))).toMatchObject({ valid: false, policy: 'ALL' });
  });

  it('counts the signatures of one key once', async () => {
    const jws = await signBy(classical);
    const [signature] = jws.signatures as [Jws['signatures'][number]];
    const twice = await verify({ ...jws, signatures: [signature, signature] });
    expect(twice).toMatchObject({ valid: true, signers: 1 });
    expect(await verify({ ...jws, signatures: [signature, signature] }, 'PQC_REQUIRED')).toMatchObject({
      valid: false,
    });
    const keys = [{ keyId: classical.id }, { keyId: classical.id }];
    expectProblem(await post('/sign', { ...text, keys }), 'request-invalid');
  });

  it('takes no MAC for a signature', async () => {
    expectProblem(await post('/sign', { ...text, keys: [{ keyId: mac.id }] }), 'purpose-mismatch');
    const compact = (await tenant.admin.post<{ jws: string }>('/sign', { ...text, keyId: mac.id })).jws;
    const [header = '', payload = '', signature = ''] = compact.split('.');
    expect(await tenant.admin.post('/verify', { jws: compact })).toMatchObject({ valid: true });
    for (const policy of ['ALL', 'ANY', 'CLASSICAL_REQUIRED', 'PQC_REQUIRED'] as const)
      expect(await verify({ payload, signatures: [{ protected: header, signature }] }, policy)).toMatchObject({
        valid: false,
        signers: 0,
        signatures: [{ valid: false, error: { code: 'purpose-mismatch' } }],
      });
  });

  it('judges a key by its record: a header that names another algorithm or key makes a signature invalid', async () => {
    const jws = await signBy(classical, quantumSafe);
    const [first, second] = jws.signatures as [Jws['signatures'][number], Jws['signatures'][number]];
    const forged = (header: object): Jws => ({
      ...jws,
      signatures: [{ ...first, protected: segmentOf(header) }, second],
    });
    const kid = `${classical.id}.1`;
    for (const header of [
      { alg: 'ML-DSA-65', kid },
      { alg: 'HS256', kid },
      { alg: 'none', kid },
      { alg: 'ES256', kid: `${quantumSafe.id}.1` },
      { alg: 'ES256', kid: '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1' },
      { alg: 'ES256' },
      { alg: 'ES256', kid, crit: ['b64'], b64: false },
    ]) {
      expect(await verify(forged(header), 'CLASSICAL_REQUIRED')).toMatchObject({ valid: false });
      expect(await verify(forged(header), 'ALL')).toMatchObject({ valid: false });
      expect(await verify(forged(header), 'PQC_REQUIRED')).toMatchObject({ valid: true, signers: 1 });
    }
  });

  it('has no unprotected header, no payload beside its own, and at most eight signatures', async () => {
    const jws = await signBy(classical);
    const [signature] = jws.signatures as [Jws['signatures'][number]];
    for (const body of [
      { jws: { ...jws, signatures: [{ ...signature, header: { kid: 'x' } }] } },
      { jws: { ...jws, header: {} } },
      { jws: { ...jws, signatures: [] } },
      { jws: { ...jws, signatures: Array.from({ length: 9 }, () => signature) } },
      { jws, ...text },
      { jws: { signatures: jws.signatures } },
      { jws, keyId: classical.id },
      { jws, policy: 'MOST' },
    ])
      expectProblem(await post('/verify', body), 'request-invalid');
    const nine = Array.from({ length: 9 }, (_, at) => ({ alias: `key-${at}` }));
    expectProblem(await post('/sign', { ...text, keys: nine }), 'request-invalid');
    expectProblem(await post('/sign', { ...text, keys: [] }), 'request-invalid');
  });

  it('can be detached', async () => {
    const keys = [{ keyId: classical.id }, { keyId: quantumSafe.id }];
    const { jws } = await tenant.admin.post<SignTogetherResult>('/sign', { ...text, keys, detached: true });
    expect(jws.payload).toBeUndefined();
    expect((await post<VerifyTogetherResult>('/verify', { jws, ...text })).body).toMatchObject({
      valid: true,
      signers: 2,
    });
    const another = await post<VerifyTogetherResult>('/verify', { jws, ...text, payload: 'other' });
    expect(another.body).toMatchObject({ valid: false, signers: 0 });
  });

  it('is made by all keys or by none', async () => {
    const idle = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await tenant.admin.post(`/keys/${idle.id}/suspend`, {});
    const reply = await post('/sign', { ...text, keys: [{ keyId: classical.id }, { keyId: idle.id }] });
    expectProblem(reply, 'key-state');
    expect(await sealedEvents(tenant.admin, reply.correlationId)).toMatchObject([
      { operation: 'sign', keyId: idle.id, failureCode: 'key-state' },
    ]);
  });

  it('comes in batches, beside other items, and in dry runs', async () => {
    const keys = [{ keyId: classical.id }, { keyId: other.id }];
    const items = [
      { ...text, keys },
      { ...text, keyId: classical.id },
      { ...text, keys: [{ keyId: mac.id }] },
    ];
    const { body } = await post<{ items: { jws?: Jws | string; error?: { code: string } }[] }>('/sign', { items });
    expect(body.items.map(({ jws, error }) => error?.code ?? typeof jws)).toEqual([
      'object',
      'string',
      'purpose-mismatch',
    ]);
    const made = { items: body.items.slice(0, 2).map(({ jws }) => ({ jws })) };
    expect((await post<object>('/verify', made)).body).toMatchObject({
      items: [{ valid: true, signers: 2 }, { valid: true }],
    });
    const dry = await post<object>('/sign?dryRun=true', { ...text, keys });
    expect(dry.body).toMatchObject({ operation: 'sign', succeeds: true });
    expect((await sealedEvents(tenant.admin, dry.correlationId, 2)).map(({ operation }) => operation)).toEqual([
      'dry-run.sign',
      'dry-run.sign',
    ]);
    const refused = await post<object>('/sign?dryRun=true', { ...text, keys: [{ keyId: mac.id }] });
    expect(refused.body).toMatchObject({ succeeds: false, error: { code: 'purpose-mismatch' } });
    const tried = await post<object>('/verify?dryRun=true', { jws: await signBy(classical, other) });
    expect(tried.body).toMatchObject({ operation: 'verify', succeeds: true });
  });
});
