import { createPublicKey, generateKeyPairSync, type KeyPairKeyObjectResult, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentAlgs, type MlKemSet, mlKemJweAlg, mlKemSets } from '@ankasecure/algorithm';
import type { DecryptResult, EncryptResult, Key } from '@ankasecure/contracts';
import { repository } from '@ankasecure/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { eventually } from '../e2e/harness/wait.js';
import { mlKemJwe, prepareLibraries } from './library.js';
import { Peer } from './peer.js';

const payload = 'Zahlen, 数字, 🔑';
const generate = generateKeyPairSync as (type: string, options: object) => KeyPairKeyObjectResult;

/** A key of the peer’s. The member `priv` of its JWK is the seed. */
const peersKey = (set: MlKemSet): { readonly pem: string; readonly jwk: object } => {
  const { privateKey } = generate(set.toLowerCase(), {});
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg: mlKemJweAlg(set) };
  return { pem: createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString(), jwk };
};

describe('a JWE with ML-KEM and its second implementation', () => {
  let rig: OwnRig;
  let tenant: Tenant;
  let peer: Peer;

  beforeAll(async () => {
    const preparing = prepareLibraries([mlKemJwe]);
    rig = await startOwnRig({ workers: 1, tokens: { default: 'kryoptic' } });
    await preparing;
    peer = new Peer(mlKemJwe);
    tenant = await eventually('a tenant', () => newTenant(rig));
    await tenant.changePolicy({ contentEncryption: [...contentAlgs], custody: ['token', 'public'] });
  });
  afterAll(async () => {
    await peer.stop();
    await rig.stop();
  });

  const makeKey = (algorithm: MlKemSet): Promise<Key> =>
    eventually('the self-test of the algorithm', () => tenant.createKey({ algorithm, purpose: 'encrypt' }));

  it.each(mlKemSets)('encrypts for a key of %s in the HSM, with every content encryption', async (set) => {
    const { id, publicKey } = await makeKey(set);
    const alg = mlKemJweAlg(set);
    for (const enc of contentAlgs) {
      const asked = { op: 'encrypt', alg, enc, kid: `${id}.1`, jwk: publicKey?.jwk ?? {}, payload } as const;
      const answer = await peer.ask(asked);
      if ('error' in answer) expect.unreachable(answer.error);
      const opened = await tenant.admin.post<DecryptResult>('/decrypt', { jwe: answer.value, encoding: 'utf8' });
      expect(opened).toMatchObject({ plaintext: payload, enc });
    }
  });

  it.each(mlKemSets)('opens what we encrypt for its key of %s, with every content encryption', async (set) => {
    const { pem, jwk } = peersKey(set);
    const alg = mlKemJweAlg(set);
    const body = { label: randomUUID(), algorithm: set, purpose: 'encrypt', custody: 'public', publicKey: { pem } };
    const { id: keyId } = await tenant.admin.post<Key>('/keys/import', body);
    for (const enc of contentAlgs) {
      const encrypted = { keyId, plaintext: payload, encoding: 'utf8', enc };
      const { jwe: token } = await tenant.admin.post<EncryptResult>('/encrypt', encrypted);
      expect(await peer.ask({ op: 'decrypt', alg, enc, token, jwk })).toEqual({ value: payload });
      const changed = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BA' : 'AA'}`;
      expect(await peer.ask({ op: 'decrypt', alg, enc, token: changed, jwk })).toEqual({ error: 'decryption failed' });
    }
  });

  it('opens the vectors of the page that specifies it', async () => {
    const file = join(repository, 'apps/crypto-worker/src/envelope/ml-kem-jwe.vectors.json');
    const vectors = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>[];
    for (const { alg = '', enc = '', jwe = '', seed = '', plaintext } of vectors) {
      const asked = { op: 'decrypt', alg, enc, token: jwe, jwk: { kty: 'AKP', alg, priv: seed } } as const;
      expect(await peer.ask(asked)).toEqual({ value: plaintext });
    }
    expect(vectors).toHaveLength(2 * mlKemSets.length);
  });
});
