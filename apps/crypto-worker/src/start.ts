import { loadConfig, startService } from '@ankasecure/service-kit';
import { configSections, workerConfig } from './config.js';
import { schema } from './schema.js';
import { WorkerModule } from './worker.module.js';

export const start = async (): Promise<void> => {
  const config = loadConfig(workerConfig);
  await startService({
    service: 'crypto-worker',
    config,
    partition: config.partition,
    outbox: config.outbox,
    schema,
    module: { module: WorkerModule, imports: [configSections(config)] },
  });
};
