import type { Order, Report } from './job.js';
import { type PreparedRun, prepare } from './loop.js';

/** The load generator. It is a separate process, so that its cost can be separated from everything else. */
let prepared: PreparedRun | null = null;

const obey = async (order: Order): Promise<Report> => {
  if (order !== 'go') {
    prepared = await prepare(order.prepare);
    return 'ready';
  }
  if (prepared === null) return { error: 'nothing was prepared' };
  return { outcome: await prepared.run() };
};

process.on('message', (order: Order) => {
  void obey(order)
    .catch((error: unknown): Report => ({ error: (error as Error).message }))
    .then((report) => process.send?.(report));
});
process.once('disconnect', () => process.exit(0));
