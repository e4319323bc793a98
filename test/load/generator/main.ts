import type { Order, Report } from './job.js';
import { type Prepared, prepare } from './loop.js';

/** The load generator: a process of its own, so that its cost can be told from everything else's. */
let prepared: Prepared | null = null;

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
