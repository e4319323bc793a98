import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { MlKemSet } from '@ankasecure/algorithm';

/** The last arc of the parameter set's object identifier (RFC 9935 §3). */
const lastArc: Readonly<Record<MlKemSet, number>> = { 'ML-KEM-512': 1, 'ML-KEM-768': 2, 'ML-KEM-1024': 3 };

/** A PKCS#8 private key from its seed d‖z of 64 bytes (RFC 9935 §6). */
export const mlKemKeyOfSeed = (set: MlKemSet, seed: Buffer): KeyObject => {
  const start = Buffer.from('3054020100300b06096086480165030404000440', 'hex');
  start[17] = lastArc[set];
  const key = Buffer.concat([start.subarray(0, 18), Buffer.from('04428040', 'hex'), seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
};
