import { uuid } from '@ankasecure/contracts';
import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

/** What may be done with one key, in one worker process. */
const keyLimits = z.strictObject({
  /** Sustained rate; each item of a batch is an operation. */
  operationsPerSecond: integer(1, 1_000_000),
  /** What may come at once after a pause. */
  burst: integer(1, 1_000_000),
  /** Operations under way at once; unbounded without it. */
  concurrentOperations: integer(1, 1_000_000).optional(),
});
export type KeyLimits = z.infer<typeof keyLimits>;

const limits = z.strictObject({
  /** Keys a tenant may have, those that are destroyed not counted: exact, however many workers there are. */
  keys: integer(1, 1_000_000_000).optional(),
  perKey: keyLimits.optional(),
});
export type Limits = z.infer<typeof limits>;

/** Bounds on what tenants may do with the HSM; what is not named is unbounded. */
export const quotaConfig = z
  .strictObject({
    ...limits.shape,
    /** Tenants with bounds of their own: none of those above are theirs. */
    tenants: z.array(z.strictObject({ tenant: uuid, ...limits.shape })).default([]),
  })
  .refine(
    ({ tenants }) => new Set(tenants.map(({ tenant }) => tenant)).size === tenants.length,
    'must not contain a tenant twice',
  );
export type QuotaConfig = z.infer<typeof quotaConfig>;
