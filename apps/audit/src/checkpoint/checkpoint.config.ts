import { z } from 'zod';

export const checkpointConfig = z
  .strictObject({
    /** Whether checkpoints are made. Those that were made are served in any case. */
    enabled: z.boolean().default(false),
  })
  .prefault({});

/** The `checkpoints` section, and the token it is injected by. */
export interface CheckpointConfig extends z.infer<typeof checkpointConfig> {}
export abstract class CheckpointConfig {}
