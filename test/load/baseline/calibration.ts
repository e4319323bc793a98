import { createHash } from 'node:crypto';

const block = Buffer.alloc(1024 * 1024, 'calibration');
const blocks = 20;

/**
 * Does the same work each time: SHA-256 over 20 MiB. The time that it takes before each measurement tells how much of the machine
 * others left at that moment.
 * @returns milliseconds
 */
export const calibrate = (): number => {
  const since = performance.now();
  const hash = createHash('sha256');
  for (let round = 0; round < blocks; round++) hash.update(block);
  hash.digest();
  return performance.now() - since;
};
