import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { curves } from '../jose/curve.js';
import { jwsKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { concatenated, derOf, openssl, opensslAccepts, privatePem, publicPem } from '../jose/testing/openssl.js';
import { signItem } from './sign.js';
import { verifyItem } from './verify.js';

const text = Buffer.from('between two houses');
const payload = text.toString('base64url');
const coordinateBytes = { ES256: curves['P-256'].bytes, ES384: curves['P-384'].bytes, ES512: curves['P-521'].bytes };
const isEcdsa = (alg: JwsAlg): alg is keyof typeof coordinateBytes => Object.hasOwn(coordinateBytes, alg);

/** `openssl dgst` for every algorithm with a hash, `pkeyutl` for Ed25519. `side` is -sign or -verify with its arguments. */
const command = (alg: JwsAlg, signs: boolean): readonly string[] => {
  const { scheme, hash } = signatureSchemes[alg];
  if (hash === null) {
    const base = ['pkeyutl', '-rawin', '-in', 'message', '-inkey', 'key.pem'];
    return signs ? [...base, '-sign'] : [...base, '-verify', '-pubin', '-sigfile', 'signature'];
  }
  const pss = [
    '-sigopt',
    'rsa_padding_mode:pss',
    '-sigopt',
    'rsa_pss_saltlen:digest',
    '-sigopt',
    `rsa_mgf1_md:${hash}`,
  ];
  const side = signs ? ['-sign', 'key.pem'] : ['-verify', 'key.pem', '-signature', 'signature'];
  return ['dgst', `-${hash}`, ...(scheme === 'rsa-pss' ? pss : []), ...side, 'message'];
};

describe.each(jwsKeys.filter(([, , purpose]) => purpose === 'sign'))(
  'openssl and our code, %s with %s',
  (alg, algorithm, purpose) => {
    const { key, custody, secret } = knownKey(algorithm, purpose);
    if (key.publicKey === null) throw new Error('a signature key has a public half');
    const pem = publicPem(key.publicKey);

    it('openssl verifies our signature', async () => {
      const item = { keyId: key.keyId, payload, encoding: 'base64url', format: 'raw', alg } as const;
      const value = await signItem(custody, soon, key, item);
      const raw = Buffer.from(value.signature ?? '', 'base64url');
      const signature = isEcdsa(alg) ? derOf(raw) : raw;
      expect(opensslAccepts(command(alg, false), { message: text, 'key.pem': pem, signature })).toBe(true);
      expect(opensslAccepts(command(alg, false), { message: 'another', 'key.pem': pem, signature })).toBe(false);
    });

    it('we verify a signature from openssl', async () => {
      const made = openssl(command(alg, true), { message: text, 'key.pem': privatePem(secret) });
      const signature = (isEcdsa(alg) ? concatenated(made, coordinateBytes[alg]) : made).toString('base64url');
      const item = { keyId: key.keyId, signature, encoding: 'base64url', alg } as const;
      expect((await verifyItem(custody, soon, key, { ...item, payload })).valid).toBe(true);
      expect((await verifyItem(custody, soon, key, { ...item, payload: 'AAAA' })).valid).toBe(false);
    });
  },
);
