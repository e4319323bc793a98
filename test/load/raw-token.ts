import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stack } from '@ankasecure/local';

/** The result of the crypto-worker's own measurement, see its `custody/pkcs11/bench`. */
export interface RawResult {
  readonly operation: string;
  /** 0 means sequential calls in one thread, without lanes. */
  readonly inFlight: number;
  readonly perSecond: number;
  /** CPU time of the whole process for one operation. */
  readonly cpuMicros: number;
  /** Wall-clock time in PKCS#11 calls. */
  readonly hsmMicros: number;
  readonly p50: number;
  readonly p99: number;
}

export interface RawToken {
  /** Creates the keys. Call it once, first. */
  inThread(operations: readonly string[], seconds: number): Promise<readonly RawResult[]>;
  throughLanes(operation: string, inFlight: number, seconds: number): Promise<RawResult>;
  stop(): Promise<void>;
}

const program = fileURLToPath(
  new URL('../../../apps/crypto-worker/dist/custody/pkcs11/bench/main.js', import.meta.url),
);

type Answer = { readonly results: readonly RawResult[] } | { readonly error: string };

/** Measures bare PKCS#11 in a process with the first worker's configuration, so with the same token and number of lanes. */
export const openRawToken = (stack: Pick<Stack, 'dataDirectory' | 'hsm'>): RawToken => {
  const directory = join(stack.dataDirectory, 'services', 'crypto-worker-1');
  const child = fork(program, {
    env: {
      ...process.env,
      ...stack.hsm.env,
      ANKASECURE_CONFIG: join(directory, 'ankasecure.yaml'),
      ANKASECURE_SECRETS: join(directory, 'secrets'),
    },
  });
  const exited = once(child, 'exit');
  const ask = async (order: object): Promise<readonly RawResult[]> => {
    child.send(order);
    const answer = await Promise.race([
      once(child, 'message') as Promise<[Answer]>,
      exited.then(([code]) => [{ error: `it ended (${String(code)})` }] as [Answer]),
    ]);
    if ('error' in answer[0]) throw new Error(`raw PKCS#11: ${answer[0].error}`);
    return answer[0].results;
  };
  return {
    inThread: (operations, threadSeconds) => ask({ operations, threadSeconds }),
    throughLanes: async (operation, inFlight, seconds) => {
      const [result] = await ask({ operation, inFlight, seconds });
      if (result === undefined) throw new Error('raw PKCS#11: no result');
      return result;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
};
