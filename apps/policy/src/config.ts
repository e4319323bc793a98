import { cursorSecret, integer, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';
import { partitionConfig } from './tenancy/partition.config.js';

export const policyConfig = z.strictObject({
  ...serviceConfig.shape,
  cursorSecret,
  ...partitionConfig.shape,
  outbox: z.strictObject({ capacity: integer(1, 10_000_000).default(200_000) }).default({ capacity: 200_000 }),
});
export type PolicyConfig = z.infer<typeof policyConfig>;
