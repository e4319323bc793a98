import { isDeploymentName } from '@ankasecure/audit-event';
import { z } from 'zod';

/** The name of a deployment that names itself no other. */
export const defaultDeployment = 'ankasecure';

export const checkpointConfig = z.strictObject({
  /**
   * The name of this deployment in the checkpoints of its audit trails, such as `hsm.example.com`: a URL without its scheme. Tenants' logs
   * are `<deployment>/audit/<tenant id>`. It must not change while checkpoints are kept: a log has one name.
   */
  deployment: z
    .string()
    .refine(isDeploymentName, 'must have no space and no plus, and not end with /')
    .default(defaultDeployment),
});

/** The section, and the token it is injected by. */
export interface CheckpointConfig extends z.infer<typeof checkpointConfig> {}
export abstract class CheckpointConfig {}
