import { partitionName } from '@ankasecure/service-kit';
import { z } from 'zod';

export const macConfig = z.strictObject({
  /** The HSM partition whose workers hold most tenants' audit MAC keys. */
  partition: partitionName.default('default'),
});

/** The source of MACs. */
export interface MacConfig extends z.infer<typeof macConfig> {}
export abstract class MacConfig {}
