import { randomUUID } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts';
import { loadConfig } from '@ankasecure/service-kit';
import { main } from '@ankasecure/service-kit/main';
import { z } from 'zod';
import type { Deadline } from '../../../deadline/deadline.js';
import { metered } from '../../../deadline/metered.js';
import type { KeyRef } from '../../custody.js';
import { newObjectId, ownerOfKey } from '../../object-owner.js';
import { pkcs11Section } from '../../partition.js';
import { Locators } from '../locate/locators.js';
import { openPkcs11Custody } from '../pkcs11-custody.js';
import type { CustodyLogger, Pkcs11Config } from '../profile/config.js';
import { TokenModule } from '../token/token-module.js';
import { DirectSession } from './direct.js';
import { measureLanes, measureThread, type RawResult } from './measure.js';
import { type RawOperation, rawOperations, type Seed } from './operation.js';

/** The token of the worker's own configuration. The rest of the file is not read. */
const benchConfig = z.object({ hsm: z.object({ pkcs11: pkcs11Section }) });

/** An order over the process's channel. The answer is a RawResult, or `{error}`. `threadSeconds` comes once, before the lanes. */
export type RawOrder =
  | { readonly threadSeconds: number; readonly operations: readonly string[] }
  | { readonly operation: string; readonly inFlight: number; readonly seconds: number };
export type RawAnswer = { readonly results: readonly RawResult[] } | { readonly error: string };

const soon = (): Deadline => ({ deadline: monotonicNow() + 5000 });
const silent: CustodyLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Prepared {
  readonly operation: RawOperation;
  readonly ref: KeyRef;
  readonly seed: Seed;
}

/** Makes the keys, and measures calls in one thread: the speed of the token alone. */
const inThread = (config: Pkcs11Config, names: readonly string[], seconds: number): [Prepared[], RawResult[]] => {
  const module = new TokenModule(config, silent);
  module.initialise();
  const session = new DirectSession(module);
  const locators = new Locators(config);
  const locatorOf = (ref: KeyRef): Buffer => Buffer.from(locators.of(ref));
  const prepared = rawOperations
    .filter(({ name }) => names.includes(name))
    .map((operation): Prepared => {
      const owner = { tenantId: randomUUID(), keyId: randomUUID(), version: 1 };
      const ref = { ...operation.ref, owner, objectId: newObjectId(ownerOfKey(owner), config) };
      session.generate(locatorOf(ref));
      const seed = operation.before === undefined ? [] : session.run(operation.before(locatorOf(ref)));
      return { operation, ref, seed };
    });
  const results = prepared.map(({ operation, ref, seed }) => {
    const job = operation.job(locatorOf(ref), seed);
    return measureThread(operation.name, seconds, () => void session.run(job));
  });
  session.close();
  module.close();
  return [prepared, results];
};

/**
 * Measures raw PKCS#11, as a reference for the benchmark: the token of the worker's configuration, with its number of lanes
 * and nothing around them.
 */
main('raw PKCS#11', async () => {
  const loaded = loadConfig(benchConfig);
  const config: Pkcs11Config = { ...loaded.hsm.pkcs11, partition: 'bench' };
  let prepared: Prepared[] = [];
  let lanes: ReturnType<typeof openPkcs11Custody> | null = null;

  const obey = async (order: RawOrder): Promise<readonly RawResult[]> => {
    if ('threadSeconds' in order) {
      const [made, results] = inThread(config, order.operations, order.threadSeconds);
      prepared = made;
      return results;
    }
    lanes ??= openPkcs11Custody(config, silent);
    const custody = await lanes;
    const { operation, ref, seed } =
      prepared.find((candidate) => candidate.operation.name === order.operation) ?? missing(order.operation);
    const call = async (): Promise<number> => {
      const budget = metered({ deadline: monotonicNow() + 30_000 });
      await operation.call(custody, budget, ref, seed);
      return budget.hsm.micros;
    };
    return [await measureLanes(operation.name, order.inFlight, order.seconds, call)];
  };

  process.on('message', (order: RawOrder) => {
    void obey(order)
      .then(
        (results): RawAnswer => ({ results }),
        (error: unknown): RawAnswer => ({ error: (error as Error).message }),
      )
      .then((answer) => process.send?.(answer));
  });
  process.once('disconnect', () => void end());
  const end = async (): Promise<void> => {
    const custody = await lanes;
    for (const { ref } of prepared) await custody?.destroy(soon(), ownerOfKey(ref.owner), ref.objectId);
    await custody?.close();
    process.exit(0);
  };
});

const missing = (name: string): never => {
  throw new Error(`no raw operation ${name}`);
};
