import type * as Threads from 'node:worker_threads';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { destroyed, inTime, newRef } from '../../custody.conformance.js';
import { openPkcs11Custody, type Pkcs11Custody } from '../pkcs11-custody.js';

/** Milliseconds until a lane's thread receives a message, as on a machine without a free processor. */
const late = vi.hoisted(() => ({ ms: 0 }));

vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof Threads>();
  class LateWorker extends real.Worker {
    override postMessage(...message: Parameters<Threads.Worker['postMessage']>): void {
      if (late.ms === 0) super.postMessage(...message);
      else setTimeout(() => super.postMessage(...message), late.ms);
    }
  }
  return { ...real, Worker: LateWorker };
});

const token = enterToken();
let custody: Pkcs11Custody;
beforeAll(async () => {
  const tuning = { watchMs: 10, longSelfTests: false };
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning });
});
afterAll(async () => {
  await custody.close();
  token.remove();
});

describe('a key whose deadline passes before its lane starts', () => {
  it.each(['EC-P256', 'RSA-2048'] as const)('is never made, and nobody waits for its end: %s', async (algorithm) => {
    const ref = newRef(algorithm, 'sign');
    late.ms = 300;
    const failure: unknown = await custody.generate(inTime(50), { ref }).catch((error: unknown) => error);
    late.ms = 0;
    expect(failure).toMatchObject({ code: 'hsm-timeout' });
    expect((failure as Error).cause).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await destroyed(custody, ref)).toBe(0);
    await custody.generate(inTime(), { ref });
  });
});
