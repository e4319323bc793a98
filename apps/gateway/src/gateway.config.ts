import { serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';
import { approvalConfig } from './approval/approval.config.js';
import { identityConfig } from './auth/identity.config.js';
import { httpConfig } from './http/http.config.js';
import { outboundConfig } from './outbound/outbound.config.js';
import { quotaConfig } from './quota/quota.config.js';

export const gatewayConfig = z.strictObject({
  ...serviceConfig.shape,
  http: httpConfig,
  identity: identityConfig,
  approval: approvalConfig,
  outbound: outboundConfig,
  /** No quota when absent. */
  quota: quotaConfig.optional(),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;
