import { cursorSecret, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';
import { checkpointConfig } from './checkpoint/checkpoint.config.js';
import { connectorConfig } from './connector/connector.config.js';
import { macConfig } from './mac/mac.config.js';

export const auditConfig = z.strictObject({
  ...serviceConfig.shape,
  cursorSecret,
  checkpoints: checkpointConfig,
  connectors: connectorConfig,
  ...macConfig.shape,
});
export type AuditConfig = z.infer<typeof auditConfig>;
