import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { type MlKemSet, mlKemSets, mlKemSizes } from '@ankasecure/algorithm';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { keyVersion, knownKey, soon } from '../jose/testing/known-key.js';
import { decapsulateRaw, encapsulateRaw, kemAlgOf } from './raw-kem.js';

/** Another implementation of FIPS 203, in JavaScript. */
const noble = { 'ML-KEM-512': ml_kem512, 'ML-KEM-768': ml_kem768, 'ML-KEM-1024': ml_kem1024 };

const publicKeyOf = (set: MlKemSet, pub: Uint8Array) =>
  createPublicKey({ key: { kty: 'AKP', alg: set, pub: Buffer.from(pub).toString('base64url') }, format: 'jwk' });

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

describe.each(mlKemSets)('raw %s', (set) => {
  const { outputBytes } = mlKemSizes[set];

  it('encapsulates what another implementation decapsulates', async () => {
    const { publicKey, secretKey } = noble[set].keygen();
    const key = keyVersion(set, 'encapsulate', publicKeyOf(set, publicKey));
    const { ciphertext, sharedSecret } = await encapsulateRaw(soon, key);
    expect(text(noble[set].decapsulate(Buffer.from(ciphertext, 'base64url'), secretKey))).toBe(sharedSecret);
    expect((await encapsulateRaw(soon, key)).sharedSecret).not.toBe(sharedSecret);
  });

  it('decapsulates what another implementation encapsulates', async () => {
    const seed = randomBytes(64);
    const { publicKey } = noble[set].keygen(seed);
    const jwk = { kty: 'AKP', alg: set, pub: text(publicKey), priv: text(seed) };
    const { key, custody } = knownKey(set, 'encapsulate', { secret: createPrivateKey({ key: jwk, format: 'jwk' }) });
    const { cipherText, sharedSecret } = noble[set].encapsulate(publicKey);
    expect(await decapsulateRaw(custody, soon, key, text(cipherText))).toBe(text(sharedSecret));
  });

  it('rejects a changed ciphertext implicitly: with another secret, always the same, and no error', async () => {
    const { key, custody } = knownKey(set, 'encapsulate');
    const { ciphertext, sharedSecret } = await encapsulateRaw(soon, key);
    for (const at of [0, outputBytes >> 1, outputBytes - 1]) {
      const changed = Buffer.from(ciphertext, 'base64url');
      changed[at] = (changed[at] ?? 0) ^ 1;
      const secret = await decapsulateRaw(custody, soon, key, text(changed));
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
      expect(secret).not.toBe(sharedSecret);
      expect(await decapsulateRaw(custody, soon, key, text(changed))).toBe(secret);
    }
  });

  it('refuses a ciphertext of any other length before the HSM is asked', async () => {
    const { key, custody } = knownKey(set, 'encapsulate');
    const others = mlKemSets.map((name) => mlKemSizes[name].outputBytes).filter((bytes) => bytes !== outputBytes);
    for (const bytes of [0, 1, outputBytes - 1, outputBytes + 1, ...others])
      await expect(decapsulateRaw(custody, soon, key, text(Buffer.alloc(bytes)))).rejects.toMatchObject({
        code: 'request-invalid',
        detail: expect.stringContaining(`${bytes} bytes`) as string,
      });
    expect(custody.calls).toBe(0);
  });

  it('does not serve a key whose secrets stay in the HSM', async () => {
    const { key, custody } = knownKey(set, 'encrypt');
    expect(() => kemAlgOf(key)).toThrow('purpose-mismatch');
    await expect(encapsulateRaw(soon, key)).rejects.toMatchObject({ code: 'purpose-mismatch' });
    const ciphertext = text(Buffer.alloc(outputBytes));
    await expect(decapsulateRaw(custody, soon, key, ciphertext)).rejects.toMatchObject({ code: 'purpose-mismatch' });
    expect(custody.calls).toBe(0);
  });
});
