import { keyStates } from '@ankasecure/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { stateAt } from './key-state.js';

let database: WorkerDatabase;
beforeAll(async () => {
  database = await startWorkerDatabase();
});
afterAll(() => database.stop());

const moments = [null, 1000, 2000];
const cases = keyStates.flatMap((state) =>
  moments.flatMap((activateAt) => moments.map((deactivateAt) => ({ state, activateAt, deactivateAt }))),
);

it('filters see the same state as operations', async () => {
  const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  for (const now of [999, 1000, 1500, 2000])
    for (const { state, activateAt, deactivateAt } of cases) {
      const [row] = await database.dataSource.query<{ state: string }[]>('SELECT state_at($1, $2, $3, $4) AS state', [
        state,
        instant(activateAt),
        instant(deactivateAt),
        instant(now),
      ]);
      const seen = stateAt({ state, activateAt, deactivateAt }, now);
      expect(row?.state, JSON.stringify({ state, activateAt, deactivateAt, now })).toBe(seen);
    }
});
