import type { KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { AnkaError } from '@ankasecure/contracts';
import { assertInTime } from '../deadline/assert-in-time.js';
import type { Deadline } from '../deadline/deadline.js';
import { ThreadTurns } from '../turn/thread-turns.js';
import type { CurveName, EcdsaJob, EcdsaVerdict } from './ecdsa-thread.js';

interface Waiter {
  readonly resolve: (valid: boolean) => void;
  readonly reject: (error: AnkaError) => void;
}

/** From source, Node runs the thread's TypeScript unchanged. It imports only types of ours. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './ecdsa-thread.ts' : './ecdsa-thread.js',
  import.meta.url,
);

const curveNames: ReadonlySet<string> = new Set<CurveName>(['prime256v1', 'secp384r1', 'secp521r1']);
const isCurveName = (name: string): name is CurveName => curveNames.has(name);

/** One thread, started by the first job. It keeps no process alive. If it dies, its jobs fail and the next job starts another. */
class EcdsaThread {
  private readonly waiters = new Map<number, Waiter>();
  private worker: Worker | null = null;
  private next = 0;

  run(job: Omit<EcdsaJob, 'id'>): Promise<boolean> {
    this.worker ??= this.start();
    const id = this.next++;
    this.worker.postMessage({ ...job, id } satisfies EcdsaJob);
    return new Promise((resolve, reject) => this.waiters.set(id, { resolve, reject }));
  }

  private start(): Worker {
    const worker = new Worker(threadFile, { execArgv: [], name: 'ecdsa-digest' });
    let cause: unknown;
    worker.on('message', ({ id, verdict }: EcdsaVerdict) => {
      const waiter = this.waiters.get(id);
      this.waiters.delete(id);
      if (verdict === 'late') waiter?.reject(new AnkaError('deadline-exceeded'));
      else waiter?.resolve(verdict === 'valid');
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.once('exit', () => {
      this.worker = null;
      const failed = [...this.waiters.values()];
      this.waiters.clear();
      for (const { reject } of failed) reject(new AnkaError('internal-error', undefined, { cause }));
    });
    // This comes after the listeners, since a listener for messages refs the thread again.
    worker.unref();
    return worker;
  }
}

const thread = new EcdsaThread();
/** One job waits at the thread while another is computed, so that it never idles. All others wait for their turns. */
const turns = new ThreadTurns(2);

/** A copy with memory of its own. A Buffer would take its whole pool to the thread, with unrelated data. */
const owned = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

const pointOf = (key: KeyObject): Uint8Array => {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return owned(Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]));
};

/**
 * Verifies ECDSA over a digest (FIPS 186-5 §6.4.2), r‖s. High s is as valid as low s in JWS. Each verification takes
 * milliseconds of pure JavaScript, so a thread does them one after the other and the main thread stays free. Tenants take turns.
 * @throws AnkaError `deadline-exceeded` if its turn did not come in time; `service-unavailable` if too many wait
 */
export const verifyEcdsaDigest = async (
  budget: Deadline,
  key: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> => {
  assertInTime(budget);
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  if (!isCurveName(curve)) return false;
  const { deadline } = budget;
  return turns.take(budget, () =>
    thread.run({ curve, point: pointOf(key), digest: owned(digest), signature: owned(signature), deadline }),
  );
};
