import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig } from '../testing/rig.js';
import { IdentityEpoch } from './identity-epoch.js';

const aliveMs = 1500;

describe('a change of an identity', () => {
  let rig: Rig;
  let epochs: IdentityEpoch;
  let epoch: number;
  beforeAll(async () => {
    rig = await startRig();
    epochs = (await rig.gateway()).app.get(IdentityEpoch);
    epoch = await epochs.current();
  });
  afterAll(() => rig.stop());
  afterEach(() => rig.postgres.query('ankadb_gateway', 'DELETE FROM gateway_instance'));

  /** Adds another gateway, which reports its epoch once and then nothing more. */
  const another = (readsIn: number | null, revision: number): Promise<unknown> =>
    rig.postgres.query(
      'ankadb_gateway',
      `INSERT INTO gateway_instance (id, reads_in, revision, alive_until)
       VALUES ('${randomUUID()}', ${readsIn}, ${revision}, now() + interval '${aliveMs} ms')`,
    );
  const waited = async (effect: Parameters<IdentityEpoch['settle']>[1]): Promise<boolean> => {
    const from = performance.now();
    await epochs.settle(epoch, effect);
    return performance.now() - from > aliveMs / 2;
  };

  it('admits without waiting for work on other gateways, and excludes when that work has ended', async () => {
    await another(epoch, epoch - 1);
    expect(await waited('let-in')).toBe(false);
    expect(await waited('shut-out')).toBe(true);
  });

  it.each(['let-in', 'shut-out'] as const)(
    'waits to %s for a gateway that reads in an earlier epoch',
    async (effect) => {
      await another(epoch - 1, epoch - 1);
      expect(await waited(effect)).toBe(true);
    },
  );

  it.each(['let-in', 'shut-out'] as const)(
    'waits to %s for a gateway of an earlier version, which reports one number',
    async (effect) => {
      await another(null, epoch - 1);
      expect(await waited(effect)).toBe(true);
      await another(null, epoch);
      expect(await waited(effect)).toBe(false);
    },
  );
});
