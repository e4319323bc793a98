import type { AlgorithmKind } from '@ankasecure/algorithm';
import type { KeyShape } from '../job/key-shape.js';
import { BadMaterial } from '../session/bad-material.js';
import { checkEc } from './ec-material.js';
import { type PrivateKeyInfo, readPrivateKeyInfo, strictly } from './pkcs8.js';
import { checkRsa } from './rsa-material.js';

/** Kinds of pairs, and the check of their private keys. */
const checks: Partial<Record<AlgorithmKind, (bits: number, key: PrivateKeyInfo) => void>> = {
  rsa: checkRsa,
  ec: checkEc,
};

/**
 * Checks the plaintext of an imported private key, for tokens that take what a key of its kind must not be.
 * @throws BadMaterial
 */
export const checkMaterial = (shape: KeyShape, plaintext: Buffer): void => {
  const check = checks[shape.kind];
  if (check === undefined) throw new BadMaterial('kind');
  strictly(() => check(shape.bits, readPrivateKeyInfo(plaintext)));
};
