import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { vectorsAbsent, wycheproof } from '../../../jose/testing/vector.js';
import { unpadOaep } from './oaep.js';

interface Case {
  readonly ct: string;
  readonly label: string;
  readonly msg: string;
}
interface Group {
  readonly keySize: number;
  readonly privateKeyPkcs8: string;
}

/** The result of CKM_RSA_X_509. A token refuses a ciphertext that is not below the modulus. */
const rawDecrypt = (pkcs8: string, ciphertext: Buffer): Buffer | null => {
  const key = createPrivateKey({ key: Buffer.from(pkcs8, 'hex'), format: 'der', type: 'pkcs8' });
  try {
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext);
  } catch {
    return null;
  }
};

describe.skipIf(vectorsAbsent)('OAEP unpadding against Wycheproof', () => {
  const groups = vectorsAbsent ? [] : wycheproof<Group, Case>('rsa_oaep_2048_sha256_mgf1sha256');
  const cases = groups.flatMap(({ tests, keySize, privateKeyPkcs8 }) =>
    tests.map((test) => ({ test, keySize, privateKeyPkcs8 })),
  );

  it.each(cases)('case $test.tcId ($test.result)', ({ test, keySize, privateKeyPkcs8 }) => {
    const block = rawDecrypt(privateKeyPkcs8, Buffer.from(test.ct, 'hex'));
    const message = block && unpadOaep(block, keySize / 8, Buffer.from(test.label, 'hex'));
    if (test.result === 'valid') expect(Buffer.from(message ?? []).toString('hex')).toBe(test.msg);
    if (test.result === 'valid') expect(message).not.toBeNull();
    if (test.result === 'invalid') expect(message).toBeNull();
    expect(block?.every((byte) => byte === 0) ?? true).toBe(true);
  });

  it('runs every case of the file', () => {
    expect(cases).toHaveLength(37);
  });
});

describe('OAEP unpadding', () => {
  it('refuses blocks that no modulus yields', () => {
    expect(unpadOaep(new Uint8Array(257), 256)).toBeNull();
    expect(unpadOaep(new Uint8Array(10), 65)).toBeNull();
    expect(unpadOaep(new Uint8Array(256), 256)).toBeNull();
  });
});
