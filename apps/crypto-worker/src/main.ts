import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { configSections, workerConfig } from './config.js';
import { schema } from './schema.js';
import { WorkerModule } from './worker.module.js';

main('crypto-worker', () => {
  const config = loadConfig(workerConfig);
  return startService({
    service: 'crypto-worker',
    config,
    partition: config.partition,
    outbox: config.outbox,
    schema,
    module: { module: WorkerModule, imports: [configSections(config)] },
  });
});
