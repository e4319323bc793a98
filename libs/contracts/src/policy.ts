import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { contract, page } from './bus.js';
import { cursor, instant, pageLimit, text, uuid } from './primitive.js';

/** The platform's own tenant: its administrators belong to it, and what they do is sealed in its trail. */
export const platformTenantId = '00000000-0000-7000-8000-000000000000';

export const tenant = z
  .strictObject({
    id: uuid,
    slug: z.string(),
    name: z.string(),
    partition: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof tenant>;

export const policy = z
  .strictObject({
    tenantId: uuid,
    /** Version in force on every worker. */
    version: z.number().int().positive(),
    ...policyDocument.shape,
    changedBy: z.string(),
    changedAt: instant,
    /** A later version whose application is not confirmed yet; it is being retried. */
    pendingVersion: z.number().int().positive().nullable(),
  })
  .meta({ id: 'Policy' });
export type Policy = z.infer<typeof policy>;

const gatewayToPolicy = { owner: 'policy', callers: ['gateway'] } as const;

export const createTenant = contract({
  ...gatewayToPolicy,
  subject: 'policy.tenant.create',
  request: z
    .strictObject({
      slug: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and inner hyphens, at most 63'),
      name: text(128),
      partition: z
        .string()
        .regex(/^[a-z0-9-]{1,32}$/, 'the name of an HSM partition')
        .optional()
        .describe(
          'The HSM partition all its keys are on, for good. One of those that are configured; the platform’s default when left out.',
        ),
    })
    .meta({ id: 'CreateTenant' }),
  reply: tenant,
});

export const listTenants = contract({
  ...gatewayToPolicy,
  subject: 'policy.tenant.list',
  request: z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  reply: page(tenant),
});

/** The tenant of the context; `tenant-unknown` when there is none. Asked once per tenant, for the partition. */
export const getTenant = contract({
  owner: 'policy',
  callers: ['gateway', 'audit'],
  subject: 'policy.tenant.get',
  request: z.strictObject({}),
  reply: tenant,
});

export const getPolicy = contract({
  ...gatewayToPolicy,
  subject: 'policy.get',
  request: z.strictObject({}),
  reply: policy,
});

/** Conditional on the version in force (`ifMatch` of the context). The reply means: in force on every worker. */
export const putPolicy = contract({
  ...gatewayToPolicy,
  subject: 'policy.put',
  request: policyDocument.meta({ id: 'PutPolicy' }),
  reply: policy,
});

const enforcedPolicy = z.strictObject({ revision: z.number().int().positive(), document: policyDocument });

/**
 * Makes `revision` the tenant's enforced policy on this partition; idempotent, and never goes back to an older revision.
 * A tenant's first application provisions its KEK and its audit MAC key in the HSM. The reply means: committed.
 * It holds what is enforced now, which is something else where the workers know of a change that the asker has lost.
 */
export const applyPolicy = contract({
  owner: 'crypto-worker',
  callers: ['policy'],
  subject: 'crypto.{partition}.policy.apply',
  request: enforcedPolicy,
  reply: enforcedPolicy,
});
