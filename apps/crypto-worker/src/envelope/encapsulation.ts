import type { KeyObject } from 'node:crypto';
import { type HpkeAlg, hpkeSuiteOf, isHpkeAlg, type MlKemJweAlg, mlKemSizes, setOfJweAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../deadline/deadline.js';
import { decodeSegment } from '../jose/base64url.js';
import type { ProtectedHeader } from '../jose/header.js';
import { encapsulateTo } from '../turn/encapsulate-to.js';
import { wrapKey } from './key-wrap.js';

/**
 * Reads the header member `ek`: the ciphertext of ML-KEM, whose length the algorithm fixes. `ml-kem-jwe.md` specifies the JWE.
 * @throws AnkaError `jwe-invalid`
 */
export const readEncapsulated = (header: ProtectedHeader, alg: MlKemJweAlg | HpkeAlg): Uint8Array => {
  const { outputBytes } = mlKemSizes[isHpkeAlg(alg) ? hpkeSuiteOf(alg).set : setOfJweAlg(alg)];
  const value = header['ek'];
  const decoded = typeof value === 'string' ? decodeSegment(value) : null;
  if (decoded?.length === outputBytes) return decoded;
  throw new AnkaError(
    'jwe-invalid',
    `The header member ek must be canonical base64url of the ${outputBytes} bytes of an ML-KEM ciphertext.`,
  );
};

/** Encapsulates a new secret to `publicKey`, and wraps `cek` under it. The caller wipes `cek`. */
export const encapsulateCek = async (
  budget: Deadline,
  publicKey: KeyObject,
  cek: Uint8Array,
): Promise<{ readonly encryptedKey: Uint8Array; readonly ek: string }> => {
  const { sharedKey, ciphertext } = await encapsulateTo(budget, publicKey);
  try {
    return { encryptedKey: wrapKey(sharedKey, cek), ek: ciphertext.toString('base64url') };
  } finally {
    sharedKey.fill(0);
  }
};
