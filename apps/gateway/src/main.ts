import 'reflect-metadata';
import { loadConfig, main, startService } from '@ankasecure/service-kit';
import { gatewayConfig } from './gateway.config.js';
import { createGateway } from './gateway.js';
import { GatewayModule } from './gateway.module.js';
import { schema } from './schema.js';

main('gateway', async () =>
  startService({
    service: 'gateway',
    config: loadConfig(gatewayConfig),
    schema,
    module: GatewayModule,
    create: createGateway,
  }),
);
