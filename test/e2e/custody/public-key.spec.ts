import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import {
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  type JwsAlg,
  joseAlgs,
  type Purpose,
} from '@ankasecure/algorithm';
import type { DryRun, EncryptResult, Key, VerifyResult } from '@ankasecure/contracts';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import { CompactSign, compactDecrypt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let rig: Rig;
let tenant: Awaited<ReturnType<typeof newTenant>>;
const allow = (custody: NonNullable<PolicyDocument['custody']>, more: Partial<PolicyDocument> = {}) =>
  tenant.changePolicy({ custody, ...more });
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  await allow(['token', 'wrapped', 'public']);
});

type Body = Readonly<Record<string, unknown>>;

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const newPair = (algorithm: AlgorithmName): Pair => {
  const { kind, bits } = algorithmOf(algorithm);
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: bits });
  if (kind === 'ed') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: `P-${bits}` });
};

const made = new Map<string, Pair>();
/** A pair of somebody else. RSA pairs take long to make, so that each person has one of each algorithm. */
const pairOf = (algorithm: AlgorithmName, person = 'Alice'): Pair => {
  const name = `${person} ${algorithm}`;
  const pair = made.get(name) ?? newPair(algorithm);
  made.set(name, pair);
  return pair;
};

const bring = (algorithm: AlgorithmName, purpose: Purpose, publicKey: Body, more: Body = {}, query = '') =>
  tenant.admin.send<Key>('POST', `/keys/import${query}`, {
    body: { algorithm, purpose, label: 'theirs', custody: 'public', publicKey, ...more },
  });
const brought = async (...request: Parameters<typeof bring>): Promise<Key> => {
  const reply = await bring(...request);
  expect(reply.status, reply.text).toBe(201);
  return reply.body;
};
const jwkOf = ({ publicKey }: Pair): Body => ({ jwk: publicKey.export({ format: 'jwk' }) });
const pemOf = ({ publicKey }: Pair): Body => ({ pem: publicKey.export({ format: 'pem', type: 'spki' }) });
const derOf = ({ publicKey }: Pair): Body => ({
  der: publicKey.export({ format: 'der', type: 'spki' }).toString('base64url'),
});
const post = (path: string, body: Body): Promise<Reply<unknown>> => tenant.admin.send('POST', path, { body });
const signed = ({ privateKey }: Pair, alg: string, kid?: string): Promise<string> =>
  new CompactSign(Buffer.from('of others')).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(privateKey);
const verified = (body: Body): Promise<VerifyResult> => tenant.admin.post('/verify', body);

const pairs = algorithmNames.filter((name) => ['rsa', 'ec', 'ed'].includes(algorithmOf(name).kind));

describe('a public key of others', () => {
  it.each(pairs.flatMap((name) => joseAlgs(name, 'sign').map((alg) => [name, alg as JwsAlg] as const)))(
    'of %s verifies what jose signs with its private key as %s',
    async (algorithm, alg) => {
      const [pair, other] = [pairOf(algorithm), pairOf(algorithm, 'Bob')];
      const kid = `${algorithm} ${alg}`;
      const key = await brought(algorithm, 'sign', jwkOf(pair), { alg, formerKids: [kid] });
      expect(key).toMatchObject({ custody: 'public', algs: [alg], state: 'ACTIVE', hsm: { uri: null } });
      expect(await verified({ jws: await signed(pair, alg, kid) })).toMatchObject({
        valid: true,
        keyId: key.id,
        custody: 'public',
      });
      expect(await verified({ keyId: key.id, jws: await signed(other, alg) })).toMatchObject({ valid: false });
    },
  );

  it.each(pairs.filter((name) => joseAlgs(name, 'encrypt').length > 0))(
    'of %s encrypts what jose decrypts with its private key',
    async (algorithm) => {
      const pair = pairOf(algorithm);
      const key = await brought(algorithm, 'encrypt', pemOf(pair));
      const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', {
        keyId: key.id,
        plaintext: 'for others',
        encoding: 'utf8',
      });
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, pair.privateKey);
      expect([Buffer.from(plaintext).toString(), protectedHeader.kid]).toEqual(['for others', `${key.id}.1`]);
    },
  );

  it('is on record with its SHA-256, named as outside the HSM, and the same from every form', async () => {
    const pair = pairOf('EC-P256');
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    for (const publicKey of [jwkOf(pair), pemOf(pair), derOf(pair)]) {
      const reply = await bring('EC-P256', 'sign', publicKey);
      expect(reply.body.publicKey?.pem).toBe(pair.publicKey.export({ format: 'pem', type: 'spki' }));
      expect(reply.body.warnings).toMatchObject([{ code: 'public-key-record' }]);
      const [event] = await sealedEvents(tenant.admin, reply.correlationId);
      expect(event).toMatchObject({ operation: 'key.import', outcome: 'success' });
      expect(event?.details).toMatchObject({ custody: 'public', publicKeySha256: hash('sha256', spki, 'base64url') });
    }
  });

  it('is refused if it is not one, and the answer says why', async () => {
    const pair = pairOf('EC-P256');
    const secret = { jwk: pair.privateKey.export({ format: 'jwk' }) };
    const wrong: readonly (readonly [AlgorithmName, Body, string])[] = [
      ['EC-P256', secret, 'private'],
      ['EC-P256', {}, 'exactly one'],
      ['EC-P384', jwkOf(pair), 'EC-P384'],
      ['EC-P256', jwkOf(pairOf('Ed25519')), 'ed25519'],
      ['AES-256', jwkOf(pair), 'AES-256'],
    ];
    for (const [algorithm, publicKey, says] of wrong) {
      const purpose = algorithm === 'AES-256' ? 'encrypt' : 'sign';
      const reply = await bring(algorithm, purpose, publicKey);
      expect([400, 422], reply.text).toContain(reply.status);
      expect(reply.text).toContain(says);
      expect(reply.text).not.toContain(String(pair.privateKey.export({ format: 'jwk' }).d));
    }
    for (const body of [{ method: 'rsa-aes-kwp', wrappedKey: 'AAAA' }, { custody: 'token' }, { custody: undefined }])
      expectProblem(await bring('EC-P256', 'sign', jwkOf(pair), body), 'request-invalid');
    expectProblem(await post('/keys', { algorithm: 'EC-P256', label: 'x', custody: 'public' }), 'request-invalid');
  });

  it('does nothing that needs its private key', async () => {
    const signing = await brought('EC-P256', 'sign', jwkOf(pairOf('EC-P256')));
    const sealing = await brought('RSA-2048', 'encrypt', jwkOf(pairOf('RSA-2048')));
    expectProblem(await post('/sign', { keyId: signing.id, payload: 'AAAA' }), 'purpose-mismatch');
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: sealing.id, plaintext: 'AAAA' });
    expectProblem(await post('/decrypt', { jwe }), 'purpose-mismatch');
    const asked = await tenant.admin.send<{ allow: boolean; reasons: { code: string }[] }>('POST', '/policy/evaluate', {
      body: { use: 'protect', keyId: signing.id },
    });
    expect(asked.body).toMatchObject({ allow: false, reasons: [{ code: 'purpose-mismatch' }] });
    const plan = await tenant.admin.send('PUT', `/keys/${signing.id}/rotation-policy`, { body: { interval: 'P90D' } });
    expectProblem(plan, 'purpose-mismatch');
  });

  it('is not in the tenant’s key set, where it would vouch for signatures of others', async () => {
    const key = await brought('EC-P256', 'sign', jwkOf(pairOf('EC-P256')));
    const own = await tenant.createKey({ algorithm: 'EC-P256' });
    const path = `/tenants/${tenant.slug}/.well-known/jwks.json`;
    const { keys } = await tenant.admin.get<{ keys: { kid: string }[] }>(path);
    expect(keys.map(({ kid }) => kid)).toContain(`${own.id}.1`);
    expect(keys.filter(({ kid }) => kid.startsWith(key.id))).toEqual([]);
    expect((await tenant.admin.get<{ keys: unknown[] }>(`${path}?kid=${key.id}.1`)).keys).toEqual([]);
  });

  it('is rotated by its owner’s next key, at once or on a date', async () => {
    const [first, second, third] = [pairOf('EC-P256'), pairOf('EC-P256', 'Bob'), pairOf('EC-P256', 'Carol')];
    const { id } = await brought('EC-P256', 'sign', jwkOf(first));
    const rotate = (body: Body, query = '') => tenant.admin.send<Key>('POST', `/keys/${id}/rotate${query}`, { body });
    expectProblem(await rotate({}), 'request-invalid');
    expectProblem(await rotate({ publicKey: jwkOf(pairOf('EC-P384')) }), 'request-invalid');
    expect((await rotate({ publicKey: jwkOf(second) }, '?dryRun=true')).body).toMatchObject({ succeeds: true });
    const reply = await rotate({ publicKey: pemOf(second) });
    expect(reply.body).toMatchObject({ version: 2, state: 'ACTIVE', custody: 'public' });
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event?.details).toMatchObject({
      custody: 'public',
      publicKeySha256: expect.stringMatching(/.{43}/) as string,
    });
    for (const [pair, version] of [
      [first, 1],
      [second, 2],
    ] as const)
      expect(await verified({ keyId: id, jws: await signed(pair, 'ES256') })).toMatchObject({ valid: true, version });
    expect((await rotate({ publicKey: derOf(third), activateIn: 'P1D' })).body).toMatchObject({ state: 'PRE_ACTIVE' });
    expect(await verified({ keyId: id, jws: await signed(second, 'ES256') })).toMatchObject({
      valid: true,
      version: 2,
    });
    const made = await tenant.createKey({ algorithm: 'EC-P256' });
    expectProblem(await post(`/keys/${made.id}/rotate`, { publicKey: jwkOf(third) }), 'request-invalid');
  });

  it('is found by the kids that its owner gives each next key, and by nobody else’s', async () => {
    const [first, second] = [pairOf('EC-P256'), pairOf('EC-P256', 'Bob')];
    const { id } = await brought('EC-P256', 'sign', jwkOf(first), { formerKids: ['2024'] });
    const other = await brought('EC-P256', 'sign', jwkOf(first));
    const rotate = (key: string, body: Body, query = '') => post(`/keys/${key}/rotate${query}`, body);
    const next = { publicKey: jwkOf(second), formerKids: ['2025', 'next'] };
    expect((await rotate(id, next, '?dryRun=true')).body).toMatchObject({ succeeds: true });
    expectProblem(await post('/verify', { jws: await signed(second, 'ES256', '2025') }), 'key-not-found');
    expect((await rotate(id, next)).status).toBe(200);
    for (const [pair, kid, version] of [
      [first, '2024', 1],
      [second, '2025', 2],
      [second, 'next', 2],
    ] as const)
      expect(await verified({ jws: await signed(pair, 'ES256', kid) })).toMatchObject({
        valid: true,
        keyId: id,
        version,
      });
    expect(await verified({ jws: await signed(second, 'ES256', '2024') })).toMatchObject({ valid: false, version: 1 });
    expect((await tenant.admin.get<Key>(`/keys/${id}`)).formerKids).toEqual(['2024', '2025', 'next']);
    // A kid has one version, and only a key of others takes one from a rotation.
    for (const key of [id, other.id])
      for (const query of ['', '?dryRun=true']) {
        const taken = await rotate(key, { publicKey: jwkOf(first), formerKids: ['2026', '2024'] }, query);
        expect(taken.text).toContain('former-kid-taken');
      }
    const own = await tenant.createKey({ algorithm: 'EC-P256' });
    expectProblem(await rotate(own.id, { formerKids: ['2026'] }), 'request-invalid');
    expect((await rotate(other.id, { publicKey: jwkOf(second), formerKids: ['2026'] })).status).toBe(200);
  });

  it('has an alias, grants, states and an end, as every key', async () => {
    const pair = pairOf('EC-P256');
    const { id } = await brought('EC-P256', 'sign', jwkOf(pair));
    const jws = await signed(pair, 'ES256');
    await tenant.admin.put('/aliases/theirs', { keyId: id });
    expect(await verified({ alias: 'theirs', jws })).toMatchObject({ valid: true });
    const user = await tenant.as(['user'], 'reader');
    const asUser = () => user.send('POST', '/verify', { body: { keyId: id, jws } });
    expectProblem(await asUser(), 'key-access-denied');
    const grants = [{ kind: 'subject', grantee: 'reader', rights: ['use:verify'] }];
    await tenant.admin.put(`/keys/${id}/grants`, { grants }, { 'if-match': '*' });
    expect((await asUser()).status).toBe(200);
    const { items } = await tenant.admin.get<{ items: Key[] }>('/keys?label=theirs&limit=200');
    expect(items.filter((key) => key.id === id)).toMatchObject([{ custody: 'public', hsm: { uri: null } }]);
    await tenant.admin.post(`/keys/${id}/suspend`, {});
    expectProblem(await post('/verify', { keyId: id, jws }), 'key-state');
    await tenant.admin.post(`/keys/${id}/resume`, {});
    await tenant.admin.post(`/keys/${id}/schedule-destroy`, { waitingDays: 0 });
    const ended = await eventually('the destruction', async () => {
      const key = await tenant.admin.get<Key>(`/keys/${id}`);
      return key.state === 'DESTROYED' && key;
    });
    expect(ended.recovery).toEqual({ possible: true, until: null });
    expectProblem(await post('/verify', { keyId: id, jws }), 'key-state');
  });

  it('waits for a second person where the policy wants two', async () => {
    const { id } = await brought('EC-P256', 'sign', jwkOf(pairOf('EC-P256')));
    const own = await newTenant(rig);
    await own.changePolicy({ custody: ['token', 'public'], dualControl: ['destroy'] });
    const body = { algorithm: 'EC-P256', label: 'x', custody: 'public', publicKey: jwkOf(pairOf('EC-P256')) };
    const key = await own.admin.post<Key>('/keys/import', body);
    expect((await own.admin.send('DELETE', `/keys/${key.id}`)).status).toBe(202);
    // Another tenant's key does not exist.
    expectProblem(await own.admin.send('GET', `/keys/${id}`), 'key-not-found');
  });

  it('needs a policy that allows it, and says in a dry run what would come of it', async () => {
    const own = await newTenant(rig);
    const body = { algorithm: 'EC-P256', label: 'x', custody: 'public', publicKey: jwkOf(pairOf('EC-P256')) };
    expectProblem(await own.admin.send('POST', '/keys/import', { body }), 'policy-refused');
    const tried = await own.admin.send<DryRun>('POST', '/keys/import?dryRun=true', { body });
    expect(tried.body).toMatchObject({ succeeds: false, error: { code: 'policy-refused' } });
    const offered = async (): Promise<string[]> => {
      const { items } = await own.admin.get<{ items: { algorithm: string; purpose: string; publicKeys: string[] }[] }>(
        '/algorithms',
      );
      return items.flatMap(({ algorithm, purpose, publicKeys }) =>
        publicKeys.map((use) => `${algorithm} ${purpose} ${use}`),
      );
    };
    expect(await offered()).toEqual([]);
    await own.changePolicy({ custody: ['token', 'public'], allowedAlgorithms: ['EC-P256', 'Ed25519', 'AES-256'] });
    const able = ['EC-P256 sign verify', 'EC-P256 encrypt encrypt', 'Ed25519 sign verify'];
    expect((await offered()).toSorted()).toEqual(able.toSorted());
    // FIPS-only refuses the steps of ECDH-ES outside the module for every key. It names the others.
    await own.changePolicy({ fipsOnly: true });
    expect((await offered()).toSorted()).toEqual(['EC-P256 sign verify', 'Ed25519 sign verify']);
    const reply = await own.admin.send<Key>('POST', '/keys/import', { body });
    expect(reply.status, reply.text).toBe(201);
    expect(reply.body.warnings?.map(({ code }) => code)).toContain('public-key-record');
  });
});
