import { cursorSecret, partitionName, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';

export const auditConfig = z.strictObject({
  ...serviceConfig.shape,
  cursorSecret,
  /** The HSM partition whose workers hold the tenants' audit MAC keys. */
  partition: partitionName.default('default'),
});
export type AuditConfig = z.infer<typeof auditConfig>;
