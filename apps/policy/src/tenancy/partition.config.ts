import { partitionName } from '@ankasecure/service-kit';
import { z } from 'zod';

export const partitionConfig = z.strictObject({
  /** The HSM partition that new tenants live on unless they name another. */
  partition: partitionName.default('default'),
  /** The other partitions that workers serve. */
  partitions: z.array(partitionName).default([]),
});

/** The partitions that tenants can live on. */
export interface PartitionConfig extends z.infer<typeof partitionConfig> {}
export abstract class PartitionConfig {}
