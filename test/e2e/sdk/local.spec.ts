import type { AnkaSecure, AnkaSecureError, Schemas } from '@ankasecure/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sdkOf } from '../harness/sdk.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

const roles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;
const signing = ['EC-P256', 'EC-P384', 'EC-P521', 'RSA-2048', 'RSA-3072', 'Ed25519'] as const;
const encrypting = ['EC-P256', 'EC-P384', 'EC-P521', 'RSA-2048', 'AES-256'] as const;
const encodings = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'] as const;

const encode = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Changes of a signed token. The platform accepts some of the results, and refuses others. */
const changes: Readonly<Record<string, (jws: string) => string>> = {
  none: (jws) => jws,
  'another payload': (jws) => jws.replace(/\.[^.]*\./, `.${encode('another')}.`),
  'no payload': (jws) => jws.replace(/\.[^.]*\./, '..'),
  'no signature': (jws) => jws.replace(/\.[^.]*$/, '.'),
  'a shorter signature': (jws) => jws.slice(0, -4),
  'a signature of zeros': (jws) => jws.replace(/\.[^.]*$/, `.${encode('\0'.repeat(64))}`),
  'a fourth part': (jws) => `${jws}.AAAA`,
  padding: (jws) => `${jws}=`,
  'a signature that is not canonical': (jws) => `${jws.slice(0, -1)}_`,
  'another alg': (jws) => withHeader(jws, { alg: 'PS384' }),
  'the alg none': (jws) => withHeader(jws, { alg: 'none' }),
  'the alg of a MAC': (jws) => withHeader(jws, { alg: 'HS256' }),
  'a critical member': (jws) => withHeader(jws, { crit: ['exp'], exp: 1 }),
  b64: (jws) => withHeader(jws, { b64: false }),
  'a foreign key': (jws) => withHeader(jws, { jwk: { kty: 'EC' } }),
  'an unknown kid': (jws) => withHeader(jws, { kid: 'nobody' }),
  'an unknown version': (jws) => withHeader(jws, { kid: headerOf(jws).kid.replace(/\.\d+$/, '.99') }),
  'a kid that is no string': (jws) => withHeader(jws, { kid: 1 }),
  'a member twice': (jws) =>
    jws.replace(/^[^.]*/, encode(JSON.stringify(headerOf(jws)).replace('{', '{"alg":"none",'))),
  'space in the header': (jws) => jws.replace(/^[^.]*/, encode(`${JSON.stringify(headerOf(jws))} `)),
  'no JSON in the header': (jws) => jws.replace(/^[^.]*/, encode('{')),
};
const headerOf = (jws: string): { alg: string; kid: string } =>
  JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as { alg: string; kid: string };
const withHeader = (jws: string, members: object): string =>
  jws.replace(/^[^.]*/, encode({ ...headerOf(jws), ...members }));

describe('work with public keys has the same result here and on the platform', () => {
  let rig: Rig;
  let tenant: Tenant & { readonly slug: string };
  let anka: AnkaSecure;
  const keys = new Map<string, Schemas['Key']>();
  const keyOf = (purpose: string, algorithm: string): string => keys.get(`${purpose} ${algorithm}`)?.id ?? '';
  beforeAll(async () => {
    rig = await sharedRig();
    tenant = await newTenant(rig);
    const { version, ...rules } = await tenant.document();
    await tenant.admin.put('/policy', { ...rules, contentEncryption: [...encodings] }, { 'if-match': `"${version}"` });
    anka = (await sdkOf(rig, tenant, roles)).anka;
    const make = async (purpose: 'sign' | 'encrypt', algorithm: (typeof signing | typeof encrypting)[number]) => {
      const body = { algorithm, purpose, label: algorithm };
      keys.set(`${purpose} ${algorithm}`, await anka.call('createKey', { body }));
    };
    for (const algorithm of signing) await make('sign', algorithm);
    for (const algorithm of encrypting) await make('encrypt', algorithm);
  });

  type Told = Pick<Schemas['VerifyResult'], 'valid' | 'keyId' | 'version' | 'alg'>;
  const told = (verification: Promise<Told>): Promise<object> =>
    verification.then(
      ({ valid, keyId, version, alg }) => ({ valid, keyId, version, alg }),
      (error: AnkaSecureError) => ({ code: error.code, detail: error.detail }),
    );

  describe.each(signing)('a JWS by %s', (algorithm) => {
    it.each(Object.entries(changes))('with %s', async (_, change) => {
      const { jws = '' } = await anka.sign({ keyId: keyOf('sign', algorithm), payload: 'hello', encoding: 'utf8' });
      const changed = change(jws);
      expect(await told(anka.local.verify({ jws: changed }))).toEqual(await told(anka.verify({ jws: changed })));
    });

    it.each(['hello', 'another', ''])('detached from “%s”', async (payload) => {
      const item = {
        keyId: keyOf('sign', algorithm),
        payload: 'hello',
        encoding: 'utf8',
        format: 'jws-detached',
      } as const;
      const { jws = '' } = await anka.sign(item);
      const asked = { jws, payload, encoding: 'utf8' } as const;
      expect(await told(anka.local.verify(asked))).toEqual(await told(anka.verify(asked)));
    });

    it('is judged here, where WebCrypto has the algorithm', async () => {
      const { jws = '' } = await anka.sign({ keyId: keyOf('sign', algorithm), payload: 'hello', encoding: 'utf8' });
      const by = algorithm === 'Ed25519' ? 'platform' : 'client';
      expect(await anka.local.verify({ jws })).toMatchObject({ valid: true, by });
    });
  });

  it('with every alg of an RSA key', async () => {
    for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const) {
      const body = { algorithm: 'RSA-2048', purpose: 'sign', label: alg, alg } as const;
      const { id } = await anka.call('createKey', { body });
      const { jws = '' } = await anka.sign({ keyId: id, payload: 'hello', encoding: 'utf8' });
      const local = await anka.local.verify({ jws });
      expect(local).toMatchObject({ valid: true, alg });
      expect(await told(Promise.resolve(local))).toEqual(await told(anka.verify({ jws })));
    }
  });

  describe.each(encrypting)('a JWE for %s', (algorithm) => {
    it.each(encodings)('with %s is opened in the HSM', async (enc) => {
      if (algorithm === 'AES-256' && enc !== 'A256GCM') return;
      const item = {
        keyId: keyOf('encrypt', algorithm),
        plaintext: 'hällo',
        encoding: 'utf8',
        aad: 'bound',
        enc,
      } as const;
      const [local, remote] = [await anka.local.encrypt(item), await anka.encrypt(item)];
      expect(local.by).toBe(algorithm === 'AES-256' ? 'platform' : 'client');
      for (const { jwe } of [local, remote])
        expect(await anka.decrypt({ jwe, encoding: 'utf8', aad: 'bound' })).toMatchObject({ plaintext: 'hällo', enc });
      await expect(anka.decrypt({ jwe: local.jwe, aad: 'AAAA' })).rejects.toMatchObject({ code: 'decryption-failed' });
      const { keyId, version, alg } = remote;
      expect(local).toMatchObject({ keyId, version, alg, enc });
    });
  });

  it('a key that may not protect any more is refused by both', async () => {
    const { id } = await anka.call('createKey', { body: { algorithm: 'EC-P256', purpose: 'encrypt', label: 'x' } });
    await anka.call('suspendKey', { path: { id } });
    const item = { keyId: id, plaintext: 'AAAA' };
    const [local, remote] = await Promise.allSettled([anka.local.encrypt(item), anka.encrypt(item)]);
    expect(local).toMatchObject({ status: 'rejected', reason: { code: 'key-state' } });
    expect(remote).toMatchObject({ status: 'rejected', reason: { code: 'key-state' } });
  });

  it('a version that was rotated by somebody else is used as soon as the cache has aged', async () => {
    const { anka: fresh } = await sdkOf(rig, tenant, roles, { cacheMs: 0 });
    const { id } = await anka.call('createKey', { body: { algorithm: 'EC-P256', purpose: 'encrypt', label: 'x' } });
    const encrypt = () => fresh.local.encrypt({ keyId: id, plaintext: 'AAAA' });
    expect((await encrypt()).version).toBe(1);
    await anka.call('rotateKey', { path: { id } });
    expect(await encrypt()).toMatchObject({ version: 2, by: 'client' });
  });

  it('a key that is made after the set was read is found', async () => {
    await anka.keySets.of(tenant.slug);
    const { id } = await anka.call('createKey', { body: { algorithm: 'EC-P256', purpose: 'sign', label: 'late' } });
    const { jws = '' } = await anka.sign({ keyId: id, payload: 'AAAA' });
    expect(await anka.local.verify({ jws })).toMatchObject({ valid: true, keyId: id });
    expect(await anka.keySets.find(tenant.slug, `${id}.1`)).toMatchObject({ kty: 'EC' });
    expect(await anka.keySets.find(tenant.slug, `${id}.2`)).toBeUndefined();
  });
});
