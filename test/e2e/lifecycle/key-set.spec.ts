import { getKeySet, type Key, monotonicNow, type SignResult, subjectOf } from '@ankasecure/contracts';
import { compactVerify, createRemoteJWKSet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectAs } from '../harness/bus.js';
import { clientOf } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';

interface Set {
  readonly keys: readonly Record<string, string>[];
}

let rig: Rig;
let tenant: Awaited<ReturnType<typeof newTenant>>;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

const path = (slug: string): string => `/tenants/${slug}/.well-known/jwks.json`;
/** Sends a request without a token. */
const ask = (slug: string, headers: Record<string, string> = {}, query = '') =>
  clientOf(rig.baseUrl).send<Set>('GET', `${path(slug)}${query}`, { headers });
const kids = async (): Promise<string[]> => (await ask(tenant.slug)).body.keys.map(({ kid = '' }) => kid);

describe('a tenant’s key set', () => {
  it('lets anyone verify the tenant’s signatures, before and after a rotation', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const sign = () => tenant.admin.post<SignResult>('/sign', { keyId: key.id, payload: 'hello', encoding: 'utf8' });
    const first = await sign();
    await tenant.admin.post(`/keys/${key.id}/rotate`, {});
    const second = await sign();
    const set = createRemoteJWKSet(new URL(`${rig.baseUrl}/api/v1${path(tenant.slug)}`));
    for (const { jws = '', version } of [first, second]) {
      const { payload, protectedHeader } = await compactVerify(jws, set);
      expect([Buffer.from(payload).toString(), protectedHeader.kid]).toEqual(['hello', `${key.id}.${version}`]);
    }
  });

  it('has no key that encrypts, is secret, or must not be trusted', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P384' });
    await tenant.createKey({ algorithm: 'AES-256' });
    await tenant.createKey({ algorithm: 'HMAC-SHA256' });
    const encrypting = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    const { keys } = (await ask(tenant.slug)).body;
    for (const jwk of keys) expect(jwk).toMatchObject({ kty: 'EC', use: 'sig' });
    expect(keys.some(({ kid }) => kid?.startsWith(encrypting.id))).toBe(false);
    expect(keys.map(({ kid }) => kid)).toContain(`${id}.1`);
    await tenant.admin.post(`/keys/${id}/compromise`, {});
    expect(await kids()).not.toContain(`${id}.1`);
  });

  it('has each change as soon as it has returned', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const change = (verb: string, body: object = {}) => tenant.admin.post(`/keys/${id}/${verb}`, body);
    for (let version = 1; version < 12; version++) {
      expect(await kids()).toContain(`${id}.${version}`);
      await change('rotate');
    }
    const has = async (version: number): Promise<boolean> => (await kids()).includes(`${id}.${version}`);
    const moves = [
      ['suspend', false],
      ['resume', true],
      ['deactivate', true],
      ['schedule-destroy', false],
      ['cancel-destroy', false],
    ] as const;
    for (const [verb, isPublished] of moves) {
      await change(verb, { version: 12 });
      expect([verb, await has(12)]).toEqual([verb, isPublished]);
    }
    await change('compromise', { version: 5 });
    expect([await has(4), await has(5), await has(6)]).toEqual([true, false, true]);
  });

  it('gives a default client every signature after a rotation, if it has not asked a moment ago', async () => {
    const { id } = await tenant.createKey({ algorithm: 'Ed25519', purpose: 'sign' });
    for (let version = 1; version < 4; version++) {
      const { jws = '' } = await tenant.admin.post<SignResult>('/sign', { keyId: id, payload: 'AAAA' });
      const set = createRemoteJWKSet(new URL(`${rig.baseUrl}/api/v1${path(tenant.slug)}`));
      expect((await compactVerify(jws, set)).protectedHeader).toEqual({ alg: 'EdDSA', kid: `${id}.${version}` });
      await tenant.admin.post(`/keys/${id}/rotate`, {});
    }
  });

  it('has a key before it signs, so that a client that asked meanwhile takes its first signature', async () => {
    const { id } = await tenant.admin.post<Key>('/keys', { algorithm: 'EC-P256', label: 'next', activateIn: 'PT10S' });
    const set = createRemoteJWKSet(new URL(`${rig.baseUrl}/api/v1${path(tenant.slug)}`));
    await set({ alg: 'ES256', kid: `${id}.1` }, { payload: '', signature: '' });
    const sign = () => tenant.admin.send<SignResult>('POST', '/sign', { body: { keyId: id, payload: 'AAAA' } });
    expectProblem(await sign(), 'key-state');
    const { body } = await eventually('the key signs', async () => {
      const reply = await sign();
      return reply.status === 200 && reply;
    });
    // The client does not ask again: it did a moment ago.
    expect((await compactVerify(body.jws ?? '', set)).protectedHeader.kid).toBe(`${id}.1`);
  });

  it('finds one key by its kid', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const find = async (kid: string) => (await ask(`${tenant.slug}`, {}, `?kid=${encodeURIComponent(kid)}`)).body.keys;
    expect((await find(`${id}.1`)).map(({ kid }) => kid)).toEqual([`${id}.1`]);
    for (const kid of [`${id}.2`, id, 'x', "' OR 1=1 --"]) expect([kid, await find(kid)]).toEqual([kid, []]);
    await tenant.admin.post(`/keys/${id}/compromise`, {});
    expect(await find(`${id}.1`)).toEqual([]);
  });

  it('can be cached, and is sent again only after a change', async () => {
    const first = await ask(tenant.slug);
    const etag = first.headers.get('etag') ?? '';
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
    const again = await ask(tenant.slug, { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('does not exist for an unknown slug', async () => {
    for (const slug of ['nobody-here', 'UPPER', '..%2fadmin', '%00'])
      expectProblem(await ask(slug), 'key-set-not-found');
  });

  it('is answered to a gateway of an earlier release as it expects it', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const gateway = await connectAs(rig, 'gateway');
    try {
      const context = {
        tenantId: tenant.id,
        principal: 'anybody',
        correlationId: 'earlier',
        deadline: monotonicNow() + 60_000,
      };
      const subject = subjectOf(getKeySet, 'default');
      const { head, body } = await gateway.requestRaw(subject, context, Buffer.from('{}'));
      expect(head.ok).toBe(true);
      // The reply's schema of that release.
      const expected = z.strictObject({ keys: z.array(z.record(z.string(), z.string())).max(1000) });
      const { keys } = expected.parse(JSON.parse(body.toString()));
      expect(keys).toEqual((await ask(tenant.slug)).body.keys);
      expect(keys.map(({ kid }) => kid)).toContain(`${id}.1`);
    } finally {
      await gateway.close();
    }
  });
});
