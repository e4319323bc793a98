import { Registry } from 'prom-client';
import type { RunningAudit } from './running-audit.js';

/** The indexes of records that the processes together have refused, as their metrics count. */
export const refusedIndexes = async ({ instances }: Pick<RunningAudit, 'instances'>): Promise<number> => {
  let sum = 0;
  for (const { app } of instances) {
    const counted = await app.get(Registry).getSingleMetric('ankasecure_record_index_refused_total')?.get();
    sum += counted?.values[0]?.value ?? 0;
  }
  return sum;
};
