import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { AppModule } from './app.module.js';
import { policyConfig } from './config.js';
import { schema } from './schema.js';

main('policy', () => {
  const config = loadConfig(policyConfig);
  return startService({ service: 'policy', config, schema, module: AppModule.of(config), outbox: config.outbox });
});
