import { anyPartition } from '@ankasecure/contracts';
import { loadConfig, startService } from '@ankasecure/service-kit';
import { AppModule } from './app.module.js';
import { auditConfig } from './config.js';
import { schema } from './schema.js';

export const start = async (): Promise<void> => {
  const config = loadConfig(auditConfig);
  await startService({
    service: 'audit',
    config,
    schema,
    partition: anyPartition,
    module: AppModule.of(config),
    outbox: 'none',
  });
};
