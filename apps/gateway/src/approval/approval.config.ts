import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

export const approvalConfig = z
  .strictObject({
    /** The time for which a request waits for its approval, at most 30 days. */
    expiryHours: integer(1, 720).default(24),
  })
  .default({ expiryHours: 24 });

/** The `approval` section, and the token it is injected by. */
export interface ApprovalConfig extends z.infer<typeof approvalConfig> {}
export abstract class ApprovalConfig {}
