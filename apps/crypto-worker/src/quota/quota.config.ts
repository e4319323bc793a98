import { uuid } from '@ankasecure/contracts';
import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

/** Limits on the use of one key, in one worker process. */
const keyLimits = z.strictObject({
  /** Sustained rate, per second. Each item of a batch is an operation. */
  operationsPerSecond: integer(1, 1_000_000),
  /** Operations at once after a pause. */
  burst: integer(1, 1_000_000),
  /** Operations under way at once. No limit if absent. */
  concurrentOperations: integer(1, 1_000_000).optional(),
});
export type KeyLimits = z.infer<typeof keyLimits>;

const limits = z.strictObject({
  /** Keys that a tenant may have. Destroyed keys do not count. The limit is exact for any number of workers. */
  keys: integer(1, 1_000_000_000).optional(),
  /**
   * Versions that all keys of a tenant may have together: objects in the HSM, and keys that it wraps. Destroyed ones do not
   * count. The limit is exact for any number of workers.
   */
  objects: integer(1, 1_000_000_000).optional(),
  /** Versions that one key may have. Destroyed ones do not count. Default: 1,000. */
  versionsPerKey: integer(1, 100_000).optional(),
  perKey: keyLimits.optional(),
});
export type Limits = z.infer<typeof limits>;

/** Limits on what tenants may do with the HSM. A limit that is absent does not apply, except the one on versions of a key. */
export const quotaConfig = z
  .strictObject({
    ...limits.shape,
    /** Tenants with limits of their own. The limits above do not apply to them. */
    tenants: z.array(z.strictObject({ tenant: uuid, ...limits.shape })).default([]),
  })
  .refine(
    ({ tenants }) => new Set(tenants.map(({ tenant }) => tenant)).size === tenants.length,
    'must not contain a tenant twice',
  );

/** The quota section, and the token it is injected by. */
export interface QuotaConfig extends z.infer<typeof quotaConfig> {}
export abstract class QuotaConfig {}
