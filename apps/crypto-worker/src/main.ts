import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { workerConfig } from './config.js';
import * as migrations from './migrations/index.js';
import { WorkerModule } from './worker.module.js';

main('crypto-worker', () =>
  startService({
    service: 'crypto-worker',
    config: loadConfig(workerConfig),
    schema: { entities: [], migrations: Object.values(migrations) },
    module: WorkerModule,
  }),
);
