import type { SignResult } from '@ankasecure/contracts';
import { compactVerify, createRemoteJWKSet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
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
const ask = (slug: string, headers: Record<string, string> = {}) =>
  clientOf(rig.baseUrl).send<Set>('GET', path(slug), { headers });
const kids = async (): Promise<string[]> => (await ask(tenant.slug)).body.keys.map(({ kid = '' }) => kid);

describe('a tenant’s key set', () => {
  it('lets anyone verify the tenant’s signatures, before and after a rotation', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const sign = () => tenant.admin.post<SignResult>('/sign', { keyId: key.id, payload: 'hello', encoding: 'utf8' });
    const first = await sign();
    await tenant.admin.post(`/keys/${key.id}/rotate`, {});
    const second = await sign();
    await eventually('both versions in the set', async () => (await kids()).length >= 2);
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
    await eventually('the new key in the set', async () => (await kids()).includes(`${id}.1`));
    const { keys } = (await ask(tenant.slug)).body;
    for (const jwk of keys) expect(jwk).toMatchObject({ kty: 'EC', use: 'sig' });
    expect(keys.some(({ kid }) => kid?.startsWith(encrypting.id))).toBe(false);
    await tenant.admin.post(`/keys/${id}/compromise`, {});
    await eventually('the compromised key out of the set', async () => !(await kids()).includes(`${id}.1`));
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
});
