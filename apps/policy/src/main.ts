import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { policyConfig } from './config.js';
import { PolicyModule } from './policy.module.js';
import { schema } from './schema.js';

main('policy', () =>
  startService({ service: 'policy', config: loadConfig(policyConfig), schema, module: PolicyModule }),
);
