import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

export const lifecycleConfig = z.strictObject({
  /** The fewest days between the request to destroy a key and its destruction. */
  minimumWaitingDays: integer(0, 30).default(7),
});

/** The section, and the token it is injected by. */
export interface LifecycleConfig extends z.infer<typeof lifecycleConfig> {}
export abstract class LifecycleConfig {}
