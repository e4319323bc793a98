import { createHash, createPublicKey } from 'node:crypto';
import { type AlgorithmName, type JweAlg, type JwsAlg, type Purpose, signatureSchemes } from '@ankasecure/algorithm';
import { enterToken, listeningLogger, partitionOn, type TestToken } from '@ankasecure/testing';
import { CompactEncrypt, compactVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { openJwe, readJwe } from '../envelope/decrypt.js';
import { sealJwe } from '../envelope/encrypt.js';
import { type KeyVersion, kidOf } from '../key/key-version.js';
import { signItem } from '../signature/sign.js';
import { verifyItem } from '../signature/verify.js';
import { failureOf, shown } from './testing/failure.js';
import { jweKeys, jwsKeys, keyVersion, soon } from './testing/known-key.js';
import { derOf, opensslAccepts, publicPem } from './testing/openssl.js';

let token: TestToken;
let custody: Custody;

beforeAll(async () => {
  token = enterToken();
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger());
});

afterAll(async () => {
  await custody.close();
  token.remove();
});

const generate = async (algorithm: AlgorithmName, purpose: Purpose, alg?: JwsAlg | JweAlg): Promise<KeyVersion> => {
  const version = keyVersion(algorithm, purpose, null, alg);
  const value = await custody.generate(soon, { ref: version.ref });
  const { spki } = value;
  const publicKey = spki === null ? null : createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  return { ...version, publicKey };
};

const text = Buffer.from('kept in a token');
const payload = text.toString('base64url');

describe.each(jweKeys)('%s with %s in SoftHSM', (alg, algorithm) => {
  let key: KeyVersion;
  beforeAll(async () => {
    key = await generate(algorithm, 'encrypt', alg);
  });
  const open = (jwe: string, aad?: Uint8Array) => openJwe(custody, soon, key, readJwe(jwe), aad);

  it('seals and opens, with and without additional data', async () => {
    for (const aad of [undefined, Buffer.from('bound')]) {
      const value = await sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM', aad });
      expect(Buffer.from((await open(value.jwe, aad)).plaintext).equals(text)).toBe(true);
    }
  });

  it('opens a JWE that jose sealed to its public key', async () => {
    if (key.publicKey === null) {
      expect(['A128KW', 'A256KW', 'dir']).toContain(alg);
      return;
    }
    const header = { alg, enc: 'A256GCM', kid: kidOf(key) };
    const jwe = await new CompactEncrypt(text).setProtectedHeader(header).encrypt(key.publicKey);
    expect(Buffer.from((await open(jwe)).plaintext).equals(text)).toBe(true);
  });

  it('fails in one way if any segment but the header is changed', async () => {
    const value = await sealJwe(custody, soon, key, { plaintext: text, enc: 'A256GCM' });
    const segments = value.jwe.split('.');
    const answers = new Set<string>();
    for (const index of [1, 2, 3, 4]) {
      const segment = segments[index] ?? '';
      for (const at of [0, segment.length >> 1, segment.length - 1]) {
        // An empty segment stays base64url.
        const other = segment === '' ? 'AAAA' : segment[at] === 'A' ? 'Q' : 'A';
        const changed = segments.with(index, segment.slice(0, Math.max(0, at)) + other + segment.slice(at + 1));
        answers.add(shown(await failureOf(() => open(changed.join('.')))));
      }
    }
    expect([...answers]).toEqual([expect.stringContaining('"decryption-failed"')]);
  });
});

describe.each(jwsKeys)('%s with %s in SoftHSM', (alg, algorithm, purpose) => {
  let key: KeyVersion;
  beforeAll(async () => {
    key = await generate(algorithm, purpose);
  });
  const item = () => ({ keyId: key.keyId, alg, encoding: 'base64url' }) as const;
  const verifies = async (what: object) => (await verifyItem(custody, soon, key, { ...item(), ...what })).valid;

  it('makes a JWS that we and jose verify', async () => {
    const value = await signItem(custody, soon, key, { ...item(), payload, format: 'jws' });
    const jws = value.jws ?? '';
    expect(await verifies({ jws })).toBe(true);
    expect(await verifies({ jws: jws.replace(/\.[^.]*\./, '.AAAA.') })).toBe(false);
    if (key.publicKey !== null) await compactVerify(jws, key.publicKey, { algorithms: [alg] });
  });

  it('makes raw signatures, by payload and by digest, that we and openssl verify', async () => {
    const { scheme, hash } = signatureSchemes[alg];
    const byPayload = await signItem(custody, soon, key, { ...item(), payload, format: 'raw' });
    const made = [byPayload.signature ?? ''];
    if (hash !== null && scheme !== 'hmac') {
      const digest = createHash(hash).update(text).digest('base64url');
      const byDigest = await signItem(custody, soon, key, { ...item(), digest, format: 'raw' });
      made.push(byDigest.signature ?? '');
    }
    for (const signature of made) {
      expect(await verifies({ signature, payload })).toBe(true);
      expect(await verifies({ signature, payload: 'AAAA' })).toBe(false);
      if (key.publicKey === null || hash === null) continue;
      const raw = Buffer.from(signature, 'base64url');
      const pss = scheme === 'rsa-pss' ? ['rsa_padding_mode:pss', 'rsa_pss_saltlen:digest'] : [];
      const args = [
        'dgst',
        `-${hash}`,
        ...pss.flatMap((option) => ['-sigopt', option]),
        '-verify',
        'key',
        '-signature',
        'sig',
        'text',
      ];
      const files = { key: publicPem(key.publicKey), sig: scheme === 'ecdsa' ? derOf(raw) : raw, text };
      expect(opensslAccepts(args, files)).toBe(true);
    }
  });
});
