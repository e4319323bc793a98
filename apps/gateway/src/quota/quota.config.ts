import { uuid } from '@ankasecure/contracts';
import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

const limits = z.strictObject({
  /** Sustained rate. */
  requestsPerSecond: integer(1, 1_000_000),
  /** What may come at once after a pause. */
  burst: integer(1, 1_000_000),
  /** Requests under way at once; unbounded without it. */
  concurrentRequests: integer(1, 1_000_000).optional(),
});
export type QuotaLimits = z.infer<typeof limits>;

/** What one tenant may ask of one gateway process. */
export const quotaConfig = z
  .strictObject({
    ...limits.shape,
    /** Tenants with bounds of their own. */
    tenants: z.array(z.strictObject({ tenant: uuid, ...limits.shape })).optional(),
  })
  .refine(
    ({ tenants = [] }) => new Set(tenants.map(({ tenant }) => tenant)).size === tenants.length,
    'must not contain a tenant twice',
  );
export type QuotaLimitsConfig = z.infer<typeof quotaConfig>;

/** The quotas in force. Without limits nothing is counted. */
export abstract class QuotaConfig {
  abstract readonly limits?: QuotaLimitsConfig | undefined;
}
