import { cursorSecret, integer, partitionName, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';

export const policyConfig = z.strictObject({
  ...serviceConfig.shape,
  cursorSecret,
  /** The HSM partition new tenants are put on. */
  partition: partitionName.default('default'),
  /** Others that workers serve, which a tenant can be put on instead. */
  partitions: z.array(partitionName).default([]),
  outbox: z.strictObject({ capacity: integer(1, 10_000_000).default(200_000) }).default({ capacity: 200_000 }),
});
export type PolicyConfig = z.infer<typeof policyConfig>;
