import { partitionName } from '@ankasecure/service-kit';
import { z } from 'zod';

export const partitionConfig = z.strictObject({
  /** The HSM partition of new tenants that name no other. */
  partition: partitionName.default('default'),
  /** The other partitions that workers serve. */
  partitions: z.array(partitionName).default([]),
});

/** The partitions that tenants can live on. */
export interface PartitionConfig extends z.infer<typeof partitionConfig> {}
export abstract class PartitionConfig {}

/** The names of all of them, the default one first. */
export const partitionsOf = ({ partition, partitions }: PartitionConfig): readonly string[] => [
  ...new Set([partition, ...partitions]),
];
