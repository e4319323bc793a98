import 'reflect-metadata';
import { loadConfig, startService } from '@ankasecure/service-kit';
import { gatewayConfig } from './gateway.config.js';
import { createGateway } from './gateway.js';
import { GatewayModule } from './gateway.module.js';
import { schema } from './schema.js';

export const start = async (): Promise<void> => {
  const config = loadConfig(gatewayConfig);
  await startService({ service: 'gateway', config, schema, module: GatewayModule.of(config), create: createGateway });
};
