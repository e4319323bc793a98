import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

/** What one tenant may ask of one gateway process. */
export const quotaConfig = z.strictObject({
  /** Sustained rate. */
  requestsPerSecond: integer(1, 1_000_000),
  /** What may come at once after a pause. */
  burst: integer(1, 1_000_000),
});
export type QuotaConfig = z.infer<typeof quotaConfig>;
