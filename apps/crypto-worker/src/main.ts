import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { workerConfig } from './config.js';
import * as migrations from './migrations/index.js';
import { WorkerModule } from './worker.module.js';

main('crypto-worker', () => {
  const config = loadConfig(workerConfig);
  return startService({
    service: 'crypto-worker',
    config,
    partition: config.partition,
    outbox: config.outbox,
    schema: { entities: [], migrations: Object.values(migrations) },
    module: WorkerModule,
  });
});
