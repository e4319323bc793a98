import { loadConfig, startService } from '@ankasecure/service-kit';
import { AppModule } from './app.module.js';
import { policyConfig } from './config.js';
import { schema } from './schema.js';

export const start = async (): Promise<void> => {
  const config = loadConfig(policyConfig);
  await startService({ service: 'policy', config, schema, module: AppModule.of(config), outbox: config.outbox });
};
