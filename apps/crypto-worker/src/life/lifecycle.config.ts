import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

export const lifecycleConfig = z.strictObject({
  /** The minimum waiting period of a destruction, in days. */
  minimumWaitingDays: integer(0, 30).default(7),
});

/** The section, and the token it is injected by. */
export interface LifecycleConfig extends z.infer<typeof lifecycleConfig> {}
export abstract class LifecycleConfig {}
