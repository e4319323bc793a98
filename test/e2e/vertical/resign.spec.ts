import { randomUUID } from 'node:crypto';
import type { ItemFailure, Key, NotResigned, ResignResult, SignResult, VerifyResult } from '@ankasecure/contracts';
import { decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
const keys = new Map<string, Key>();
const kinds = ['EC-P256', 'RSA-2048', 'Ed25519', 'HMAC-SHA256', 'ML-DSA-65'] as const;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'software'] });
  for (const algorithm of kinds)
    keys.set(
      algorithm,
      await tenant.createKey({
        algorithm,
        purpose: algorithm === 'HMAC-SHA256' ? 'mac' : 'sign',
        // SoftHSM has no ML-DSA, so this key is in software.
        custody: algorithm === 'ML-DSA-65' ? 'software' : 'token',
      }),
    );
});

const keyOf = (name: string): Key => keys.get(name) ?? expect.unreachable();
const text = { payload: 'hello', encoding: 'utf8' };
const send = <Body = ResignResult>(body: object, query = '') =>
  tenant.admin.send<Body>('POST', `/resign${query}`, { body });
const signed = async (keyId: string, more: object = {}): Promise<string> =>
  (await tenant.admin.post<SignResult>('/sign', { keyId, ...text, ...more })).jws ?? '';
const verified = (jws: string, more: object = {}) => tenant.admin.post<VerifyResult>('/verify', { jws, ...more });

describe('re-signing', () => {
  it.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))(
    'from %s to %s keeps the payload and names both keys',
    async (source, successor) => {
      const [from, to] = [keyOf(source), keyOf(successor)];
      const { body, correlationId } = await send({ jws: await signed(from.id), to: { keyId: to.id } });
      expect(body).toMatchObject({ valid: true, keyId: to.id, from: { valid: true, keyId: from.id, version: 1 } });
      expect(Buffer.from(body.jws.split('.')[1] ?? '', 'base64url').toString()).toBe('hello');
      expect(await verified(body.jws)).toMatchObject({ valid: true, keyId: to.id });
      const events = await sealedEvents(tenant.admin, correlationId, 2);
      expect(events.map(({ operation, keyId, details }) => [operation, keyId, details['within']])).toEqual(
        expect.arrayContaining([
          ['verify', from.id, 'resign'],
          ['sign', to.id, 'resign'],
        ]),
      );
    },
  );

  it('signs nothing for a signature that is not valid', async () => {
    const jws = await signed(keyOf('EC-P256').id);
    const {
      status,
      body,
      text: answer,
      correlationId,
    } = await send<NotResigned>({
      jws: `${jws.slice(0, -4)}AAAA`,
      to: { keyId: keyOf('Ed25519').id },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ valid: false, from: { valid: false, keyId: keyOf('EC-P256').id } });
    expect(answer).not.toContain('"jws"');
    expect(await sealedEvents(tenant.admin, correlationId)).toMatchObject([
      { operation: 'verify', failureCode: 'signature-invalid', details: { within: 'resign' } },
    ]);
  });

  it('goes to the current version of the same key by default', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const jws = await signed(keyId);
    await tenant.admin.post(`/keys/${keyId}/rotate`, {});
    const { body } = await send({ jws });
    expect(body).toMatchObject({ keyId, version: 2, from: { keyId, version: 1 } });
    expect(await verified(body.jws)).toMatchObject({ valid: true, version: 2 });
  });

  it('keeps the type of the JWS, or has that of the request, and stays detached', async () => {
    const [from, to] = [keyOf('EC-P256').id, keyOf('Ed25519').id];
    const jws = await signed(from, { header: { typ: 'at+jwt', iss: 'x' } });
    const ours = { alg: 'EdDSA', kid: `${to}.1` };
    const kept = (await send({ jws, to: { keyId: to } })).body.jws;
    expect(decodeProtectedHeader(kept)).toEqual({ typ: 'at+jwt', iss: 'x', ...ours });
    const chosen = (await send({ jws, to: { keyId: to }, header: { cty: 'y' } })).body.jws;
    expect(decodeProtectedHeader(chosen)).toEqual({ cty: 'y', ...ours });
    const detached = await signed(from, { format: 'jws-detached' });
    const { body } = await send({ jws: detached, ...text, to: { keyId: to } });
    expect(body.jws.split('.')[1]).toBe('');
    expect(await verified(body.jws, text)).toMatchObject({ valid: true, keyId: to });
  });

  it('needs both rights, usable keys and an allowed algorithm', async () => {
    const [from, to] = [
      await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' }),
      await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' }),
    ];
    const item = { jws: await signed(from.id), to: { keyId: to.id } };
    const user = await tenant.as(['user'], 'carol');
    const grant = async ({ id }: Key, rights: readonly string[]): Promise<void> => {
      const etag = (await tenant.admin.send('GET', `/keys/${id}/grants`)).headers.get('etag') ?? '';
      const grants = [{ kind: 'subject', grantee: 'carol', rights }];
      await tenant.admin.put(`/keys/${id}/grants`, { grants }, { 'if-match': etag });
    };
    const asUser = () => user.send('POST', '/resign', { body: item });
    await grant(from, ['use:verify']);
    await grant(to, ['use:verify']);
    const refused = await asUser();
    expectProblem(refused, 'key-access-denied');
    expect(await sealedEvents(tenant.admin, refused.correlationId)).toMatchObject([
      { operation: 'sign', keyId: to.id },
    ]);
    await grant(to, ['use:sign']);
    expect((await asUser()).status).toBe(200);
    await grant(from, ['use:sign']);
    expectProblem(await asUser(), 'key-access-denied');
    await tenant.admin.post(`/keys/${to.id}/suspend`, {});
    expectProblem(await send(item), 'key-state');
    expectProblem(await send({ ...item, to: { keyId: randomUUID() } }), 'key-not-found');
    expectProblem(await send({ ...item, to: { keyId: from.id, alg: 'ES384' } }), 'algorithm-mismatch');
    expectProblem(await send({ jws: 'e30..' }), 'jws-invalid');
    expectProblem(await send({ ...item, to: {} }), 'request-invalid');
    expectProblem(await send({ ...item, header: { kid: 'x' } }), 'request-invalid');
  });

  it('takes batches and dry runs', async () => {
    const [from, to] = [keyOf('EC-P256').id, keyOf('RSA-2048').id];
    const jws = await signed(from);
    const items = [
      { jws, to: { keyId: to } },
      { jws: `${jws.slice(0, -4)}AAAA` },
      { jws, to: { keyId: randomUUID() } },
    ];
    const { body } = await send<{ items: ((ResignResult | NotResigned) & Partial<ItemFailure>)[] }>({ items });
    expect(body.items.map(({ valid, error }) => error?.code ?? valid)).toEqual([true, false, 'key-not-found']);
    const dry = await send<object>({ jws, to: { keyId: to } }, '?dryRun=true');
    expect(dry.body).toMatchObject({ operation: 'resign', succeeds: true, keyId: to });
    const names = (await sealedEvents(tenant.admin, dry.correlationId, 2)).map(({ operation }) => operation);
    expect(names.toSorted()).toEqual(['dry-run.sign', 'dry-run.verify']);
  });
});
