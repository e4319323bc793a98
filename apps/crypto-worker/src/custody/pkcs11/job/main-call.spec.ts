import { describe, expect, it } from 'vitest';
import { ckm } from '../cryptoki/mechanism.js';
import { signatureVariants } from './job.js';
import { mainCallOf } from './main-call.js';

const part = Buffer.alloc(0);

describe('the main call of a job', () => {
  it.each(signatureVariants.map(({ scheme, hash }, variant) => ({ scheme, hash, variant })))(
    'to sign with $scheme and $hash is C_Sign with a mechanism of PKCS#11',
    ({ variant }) => {
      const { name, mechanism } = mainCallOf('sign', variant);
      expect(name).toBe('C_Sign');
      expect(ckm).toHaveProperty(mechanism ?? 'none');
    },
  );

  it('names the mechanism of each scheme', () => {
    const names = signatureVariants.map((_, variant) => mainCallOf('sign', variant).mechanism);
    expect(new Set(names)).toEqual(
      new Set([
        'RSA_PKCS',
        'RSA_PKCS_PSS',
        'SHA256_HMAC',
        'SHA384_HMAC',
        'SHA512_HMAC',
        'ECDSA',
        'EDDSA',
        'ML_DSA',
        'SLH_DSA',
      ]),
    );
  });

  it.each([
    ['generate', 0, 'C_GenerateKey'],
    ['generate', 1, 'C_GenerateKeyPair'],
    ['generate-wrapped', 2, 'C_GenerateKey'],
    ['generate-wrapped', 3, 'C_GenerateKeyPair'],
  ] as const)('%s with a reply of %i parts is %s', (operation, count, name) => {
    expect(mainCallOf(operation, 0, { parts: Array.from({ length: count }, () => part) }).name).toBe(name);
  });

  it('has no mechanism where tokens differ', () => {
    expect(mainCallOf('seal-gcm', 0)).toEqual({ operation: 'seal-gcm', name: 'C_Encrypt' });
  });
});
