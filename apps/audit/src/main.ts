import { anyPartition } from '@ankasecure/contracts';
import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { AppModule } from './app.module.js';
import { auditConfig } from './config.js';
import { schema } from './schema.js';

main('audit', () => {
  const config = loadConfig(auditConfig);
  return startService({
    service: 'audit',
    config,
    schema,
    partition: anyPartition,
    module: AppModule.of(config),
    outbox: 'none',
  });
});
