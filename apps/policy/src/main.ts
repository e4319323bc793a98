import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { policyConfig } from './config.js';
import { PolicyModule } from './policy.module.js';
import { schema } from './schema.js';

main('policy', () =>
  // The module has an outbox of its own until it takes the kit's.
  startService({ service: 'policy', config: loadConfig(policyConfig), schema, module: PolicyModule, outbox: 'none' }),
);
