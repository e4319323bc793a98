import { randomUUID } from 'node:crypto';
import type { AlgorithmName, JweAlg } from '@ankasecure/algorithm';
import type { DecryptResult, EncryptResult, Grant, ItemFailure, Key, ReencryptResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

/** A key of each kind of JWE. SoftHSM has no ML-KEM, so that key is in software. */
const kinds: readonly (readonly [AlgorithmName, JweAlg, ('token' | 'wrapped' | 'software')?])[] = [
  ['RSA-2048', 'RSA-OAEP-256'],
  ['EC-P256', 'ECDH-ES+A256KW'],
  ['AES-256', 'A256KW', 'wrapped'],
  ['AES-256', 'dir'],
  ['ML-KEM-768', 'urn:ankasecure:jwe:ML-KEM-768+A256KW', 'software'],
];
const pairs = kinds.flatMap((from) => kinds.map((to) => [`${from[0]} ${from[1]}`, `${to[0]} ${to[1]}`] as const));

let rig: Rig;
let tenant: Tenant;
const keys = new Map<string, Key>();
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'software'], contentEncryption: ['A256GCM', 'A128GCM'] });
  for (const [algorithm, alg, custody = 'token'] of kinds)
    keys.set(`${algorithm} ${alg}`, await tenant.createKey({ algorithm, alg, custody, purpose: 'encrypt' }));
});

const keyOf = (name: string): Key => keys.get(name) ?? expect.unreachable();
const send = <Body = ReencryptResult>(body: object, query = '') =>
  tenant.admin.send<Body>('POST', `/reencrypt${query}`, { body });
const sealed = async (keyId: string, more: object = {}): Promise<string> =>
  (await tenant.admin.post<EncryptResult>('/encrypt', { keyId, plaintext: 'hello', encoding: 'utf8', ...more })).jwe;
const opened = (jwe: string, more: object = {}) =>
  tenant.admin.post<DecryptResult>('/decrypt', { jwe, encoding: 'utf8', ...more });
const changed = (jwe: string, segment: number): string =>
  jwe
    .split('.')
    .map((text, at) => (at === segment ? `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}` : text))
    .join('.');

describe('re-encryption', () => {
  it.each(pairs)('from %s to %s keeps the content and names both keys', async (source, recipient) => {
    const [from, to] = [keyOf(source), keyOf(recipient)];
    const { status, body, correlationId } = await send({ jwe: await sealed(from.id), to: { keyId: to.id } });
    expect(status).toBe(200);
    const named = ({ id: keyId, algorithm, algs: [alg] }: Key) => ({
      keyId,
      algorithm,
      alg,
      version: 1,
      enc: 'A256GCM',
    });
    expect(body).toMatchObject({ ...named(to), from: named(from) });
    expect(await opened(body.jwe)).toMatchObject({ plaintext: 'hello', keyId: to.id });
    const events = await sealedEvents(tenant.admin, correlationId);
    expect(
      events.map(({ operation, keyId, outcome, details }) => [operation, keyId, outcome, details['within']]),
    ).toEqual(
      expect.arrayContaining([
        ['decrypt', from.id, 'success', 'reencrypt'],
        ['encrypt', to.id, 'success', 'reencrypt'],
      ]),
    );
    expect(events).toHaveLength(2);
    expect(JSON.stringify(body)).not.toContain('hello');
  });

  it('goes to the current version of the same key by default, also of data without a kid', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'encrypt' });
    const jwe = await sealed(keyId);
    await tenant.admin.post(`/keys/${keyId}/rotate`, {});
    const { body } = await send({ jwe });
    expect(body).toMatchObject({ keyId, version: 2, from: { keyId, version: 1 } });
    expect(await opened(body.jwe)).toMatchObject({ plaintext: 'hello', version: 2 });
    await tenant.admin.put('/aliases/box', { keyId });
    expect((await send({ jwe, to: { alias: 'box' }, enc: 'A128GCM' })).body).toMatchObject({
      version: 2,
      enc: 'A128GCM',
      from: { version: 1, enc: 'A256GCM' },
    });
  });

  it('binds the additional data again, and needs it', async () => {
    const [from, to] = [keyOf('RSA-2048 RSA-OAEP-256'), keyOf('AES-256 dir')];
    const aad = { aad: 'row 7', encoding: 'utf8' };
    const jwe = await sealed(from.id, aad);
    expectProblem(await send({ jwe, to: { keyId: to.id } }), 'decryption-failed');
    const { body } = await send({ jwe, to: { keyId: to.id }, ...aad });
    expect(await opened(body.jwe, aad)).toMatchObject({ plaintext: 'hello', keyId: to.id });
    expectProblem(await tenant.admin.send('POST', '/decrypt', { body: { jwe: body.jwe } }), 'decryption-failed');
  });

  it('fails in the same way for every fault of the JWE, and seals nothing', async () => {
    const to = { keyId: keyOf('AES-256 dir').id };
    const answers = new Set<string>();
    for (const key of keys.values()) {
      const jwe = await sealed(key.id);
      const segments = jwe.split('.')[1] === '' ? [2, 3, 4] : [1, 2, 3, 4];
      for (const segment of segments) {
        const reply = await send<{ detail: string }>({ jwe: changed(jwe, segment), to });
        expectProblem(reply, 'decryption-failed');
        answers.add(reply.body.detail);
        const events = await sealedEvents(tenant.admin, reply.correlationId);
        expect(events).toMatchObject([{ operation: 'decrypt', outcome: 'failure', details: { within: 'reencrypt' } }]);
      }
    }
    expect(answers.size).toBe(1);
  });

  it('needs the right to decrypt on the one key and to encrypt on the other', async () => {
    const [from, to] = [
      await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' }),
      await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' }),
    ];
    const jwe = await sealed(from.id);
    const user = await tenant.as(['user'], 'carol');
    const grant = async ({ id }: Key, rights: Grant['rights']): Promise<void> => {
      const etag = (await tenant.admin.send('GET', `/keys/${id}/grants`)).headers.get('etag') ?? '';
      await tenant.admin.put(
        `/keys/${id}/grants`,
        { grants: [{ kind: 'subject', grantee: 'carol', rights }] },
        { 'if-match': etag },
      );
    };
    const asUser = () => user.send('POST', '/reencrypt', { body: { jwe, to: { keyId: to.id } } });
    await grant(from, ['use:decrypt']);
    await grant(to, ['use:decrypt']);
    const refused = await asUser();
    expectProblem(refused, 'key-access-denied');
    // Nothing was decrypted for somebody who may not encrypt.
    expect(await sealedEvents(tenant.admin, refused.correlationId)).toMatchObject([
      { operation: 'encrypt', keyId: to.id, failureCode: 'key-access-denied' },
    ]);
    await grant(to, ['use:encrypt']);
    expect((await asUser()).status).toBe(200);
    await grant(from, ['use:encrypt']);
    expectProblem(await asUser(), 'key-access-denied');
  });

  it('obeys the states of both keys and the policy', async () => {
    const [from, to] = [
      await tenant.createKey({ algorithm: 'EC-P384', purpose: 'encrypt' }),
      await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' }),
    ];
    const item = { jwe: await sealed(from.id), to: { keyId: to.id } };
    await tenant.admin.post(`/keys/${from.id}/deactivate`, {});
    expect((await send(item)).status).toBe(200);
    expectProblem(await send({ jwe: item.jwe }), 'key-state');
    await tenant.admin.post(`/keys/${from.id}/compromise`, {});
    expectProblem(await send(item), 'key-state');
    expect((await send({ ...item, acceptRisk: true })).status).toBe(200);
    await tenant.admin.post(`/keys/${to.id}/suspend`, {});
    expectProblem(await send({ ...item, acceptRisk: true }), 'key-state');
    expectProblem(await send({ ...item, acceptRisk: true, enc: 'A192GCM', to: { keyId: from.id } }), 'key-state');
    const other = keyOf('AES-256 A256KW').id;
    expectProblem(await send({ jwe: await sealed(other), enc: 'A192GCM' }), 'policy-refused');
    const signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    expectProblem(await send({ jwe: await sealed(other), to: { keyId: signing.id } }), 'purpose-mismatch');
    expectProblem(await send({ jwe: await sealed(other), to: { keyId: randomUUID() } }), 'key-not-found');
    expectProblem(await send({ jwe: await sealed(other), to: {} }), 'request-invalid');
  });

  it('takes batches, whose items are independent, and dry runs, which use no key', async () => {
    const [from, to] = [keyOf('EC-P256 ECDH-ES+A256KW'), keyOf('AES-256 dir')];
    const jwe = await sealed(from.id);
    const items = [{ jwe, to: { keyId: to.id } }, { jwe: changed(jwe, 4), to: { keyId: to.id } }, { jwe }];
    const { body } = await send<{ items: (ReencryptResult & Partial<ItemFailure>)[] }>({ items });
    expect(body.items.map(({ keyId, error }) => error?.code ?? keyId)).toEqual([to.id, 'decryption-failed', from.id]);
    const dry = await send<object>({ jwe, to: { keyId: to.id } }, '?dryRun=true');
    expect(dry.body).toMatchObject({ operation: 'reencrypt', succeeds: true, keyId: to.id });
    const names = (await sealedEvents(tenant.admin, dry.correlationId)).map(({ operation }) => operation);
    expect(names.toSorted()).toEqual(['dry-run.decrypt', 'dry-run.encrypt']);
    const refused = await send<object>({ jwe, keyId: randomUUID() }, '?dryRun=true');
    expect(refused.body).toMatchObject({ operation: 'reencrypt', succeeds: false, error: { code: 'key-not-found' } });
  });

  it('counts as a use of both keys', async () => {
    const [from, to] = [
      await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' }),
      await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' }),
    ];
    const jwe = await sealed(from.id);
    for (let count = 0; count < 3; count++) await send({ jwe, to: { keyId: to.id } });
    const usage = async ({ id }: Key) =>
      (await tenant.admin.get<{ items: { operations: { operation: string; count: number }[] }[] }>(`/keys/${id}/usage`))
        .items[0]?.operations;
    expect(await usage(from)).toContainEqual(expect.objectContaining({ operation: 'decrypt', count: 3 }));
    expect(await usage(to)).toContainEqual(expect.objectContaining({ operation: 'encrypt', count: 3 }));
  });
});
