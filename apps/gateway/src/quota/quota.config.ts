import { uuid } from '@ankasecure/contracts';
import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

const limits = z.strictObject({
  /** The sustained rate. Each item of a batch counts as a request. */
  requestsPerSecond: integer(1, 1_000_000),
  /** The number of requests at once after a pause. */
  burst: integer(1, 1_000_000),
  /** The limit of concurrent requests. Default: none. */
  concurrentRequests: integer(1, 1_000_000).optional(),
});
export type QuotaLimits = z.infer<typeof limits>;

/** The limits of one tenant in one gateway process. */
export const quotaConfig = z
  .strictObject({
    ...limits.shape,
    /** Tenants with their own limits. */
    tenants: z.array(z.strictObject({ tenant: uuid, ...limits.shape })).optional(),
  })
  .refine(
    ({ tenants = [] }) => new Set(tenants.map(({ tenant }) => tenant)).size === tenants.length,
    'must not contain a tenant twice',
  );
export type QuotaLimitsConfig = z.infer<typeof quotaConfig>;

/** The quotas. Without limits, requests are not counted. */
export abstract class QuotaConfig {
  abstract readonly limits?: QuotaLimitsConfig | undefined;
}
