import { ConfigModule, loadConfig, main, provided, startService } from '@ankasecure/service-kit';
import { servedPartition, workerConfig } from './config.js';
import { Partition } from './custody/partition.js';
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
    module: { module: WorkerModule, imports: [ConfigModule.of(provided(Partition, servedPartition(config)))] },
  });
});
