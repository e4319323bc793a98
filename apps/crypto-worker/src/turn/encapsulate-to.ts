import { encapsulate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Deadline } from '../deadline/deadline.js';
import { quickTurns } from './thread-turns.js';

const encapsulateInThread = promisify(encapsulate);

/**
 * Encapsulates a new secret to a public key of ML-KEM (FIPS 203 §7.2), on libuv's threads. The caller wipes the shared key.
 * @throws AnkaError `deadline-exceeded`; `service-unavailable` if too many wait
 */
export const encapsulateTo = (
  budget: Deadline,
  publicKey: KeyObject,
): Promise<{ sharedKey: Buffer; ciphertext: Buffer }> => quickTurns.take(budget, () => encapsulateInThread(publicKey));
