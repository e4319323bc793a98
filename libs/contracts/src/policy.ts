import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { contract, page } from './bus.js';
import {
  algorithmName,
  cursor,
  inDigits,
  instant,
  pageLimit,
  partitionForm,
  tenantSlug,
  text,
  uuid,
} from './primitive.js';

/** The platform's own tenant. Platform administrators belong to it, and their actions are sealed in its trail. */
export const platformTenantId = '00000000-0000-7000-8000-000000000000';

export const tenant = z
  .strictObject({
    id: uuid,
    slug: z.string(),
    name: z.string(),
    partition: z.string(),
    state: z
      .enum(['active', 'disabled'])
      .describe('No key of a disabled tenant is used, made or changed, and it gets no tokens. Reading stays possible.'),
    createdAt: instant,
  })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof tenant>;

export const policy = z
  .strictObject({
    tenantId: uuid,
    /** The version in force on every worker. */
    version: z.number().int().positive(),
    ...policyDocument.shape,
    changedBy: z.string(),
    changedAt: instant,
    /** A later version that is not confirmed on every worker yet. It is being retried. */
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
      slug: tenantSlug,
      name: text(128),
      partition: text(64)
        .optional()
        .describe(
          'The HSM partition that holds all keys of the tenant. It must be configured and cannot be changed later. Default: the platform’s default partition.',
        ),
    })
    .meta({ id: 'CreateTenant' }),
  reply: tenant,
});

/** The HSM partitions that tenants can live on, the default one first. */
export const listPartitions = contract({
  ...gatewayToPolicy,
  subject: 'policy.tenant.partitions',
  request: z.strictObject({}),
  reply: z.strictObject({ partitions: z.array(z.string().regex(partitionForm)).min(1) }),
});

export const listTenants = contract({
  ...gatewayToPolicy,
  subject: 'policy.tenant.list',
  request: z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  reply: page(tenant),
});

/**
 * The tenant of the context, or `tenant-unknown`. It is requested once per tenant, for the partition, and is not compared with
 * the audit trail.
 */
export const getTenant = contract({
  owner: 'policy',
  callers: ['gateway', 'audit'],
  subject: 'policy.tenant.get',
  request: z.strictObject({}),
  reply: tenant,
});

/** The context's tenant is the one in the path. The gateway has checked that the caller may act for it. */
const ofTenantInPath = z.strictObject({ tenant: uuid });

/** @throws AnkaError `tenant-unknown` */
export const readTenant = contract({
  ...gatewayToPolicy,
  subject: 'policy.tenant.read',
  request: ofTenantInPath,
  reply: tenant,
});

const why = {
  reason: text(256).optional().describe('The reason. It is stored in the audit trails of the tenant and the platform.'),
};

const switched = <Name extends string>(verb: Name, id: string) => ({
  body: z.strictObject(why).meta({ id }),
  contract: contract({
    ...gatewayToPolicy,
    subject: `policy.tenant.${verb}`,
    request: z.strictObject({ ...ofTenantInPath.shape, ...why }),
    reply: tenant,
  }),
});

/** The reply means that no worker releases a result for the tenant, whatever it was decided on. */
export const disableTenant = switched('disable', 'DisableTenant');
export const enableTenant = switched('enable', 'EnableTenant');

export const getPolicy = contract({
  ...gatewayToPolicy,
  subject: 'policy.get',
  request: z.strictObject({}),
  reply: policy,
});

const versionNumber = z.number().int().positive().max(2_147_483_647);
const versionInPath = inDigits(versionNumber);

const aboutVersion = {
  version: versionNumber,
  state: z
    .enum(['pending', 'active', 'superseded', 'failed'])
    .describe(
      'An active version is in force on every worker. A failed version was refused by the workers and never in force.',
    ),
  changedBy: z.string(),
  changedAt: instant,
  restores: versionNumber.nullable().describe('The earlier version that this version restored.'),
  disabled: z
    .boolean()
    .describe(
      'Whether the tenant is disabled while the version is in force. The document is that of the version before.',
    ),
};

/** Newest first. */
export const listPolicyVersions = contract({
  ...gatewayToPolicy,
  subject: 'policy.version.list',
  request: z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  reply: page(z.strictObject(aboutVersion).meta({ id: 'PolicyVersion' })),
});

export const getPolicyVersion = contract({
  ...gatewayToPolicy,
  subject: 'policy.version.get',
  request: z.strictObject({ version: versionInPath }),
  reply: z.strictObject({ ...aboutVersion, document: policyDocument }).meta({ id: 'PolicyVersionDocument' }),
});

/** The differences between two versions, in either order. */
export const diffPolicyVersions = contract({
  ...gatewayToPolicy,
  subject: 'policy.version.diff',
  request: z.strictObject({ from: versionInPath, to: versionInPath }),
  reply: z.strictObject({
    from: versionNumber,
    to: versionNumber,
    changes: z.array(
      z
        .strictObject({
          field: policyDocument.keyof(),
          algorithm: algorithmName
            .optional()
            .describe('The algorithm that the entry belongs to, in fields with one entry per algorithm.'),
          added: z.array(z.string()).optional(),
          removed: z.array(z.string()).optional(),
          before: z.unknown().optional().describe('The previous value, or null if there was none.'),
          after: z.unknown().optional().describe('The new value, or null if there is none.'),
        })
        .meta({ id: 'PolicyDifference' }),
    ),
  }),
});

/** Stores the document of an earlier version as a new one, conditional like `putPolicy`. */
export const rollbackPolicy = contract({
  ...gatewayToPolicy,
  subject: 'policy.rollback',
  request: z
    .strictObject({ version: versionNumber.describe('The version to restore. It must have been in force.') })
    .meta({ id: 'RollbackPolicy' }),
  reply: policy,
});

export const policyTemplate = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    document: policyDocument.describe('A policy document for PUT /policy, to be sent unchanged or edited.'),
    sources: z
      .array(z.strictObject({ rule: policyDocument.keyof(), source: z.string() }))
      .describe('The source of each rule: document and section.'),
  })
  .meta({ id: 'PolicyTemplate' });
export type PolicyTemplate = z.infer<typeof policyTemplate>;

export const listPolicyTemplates = contract({
  ...gatewayToPolicy,
  subject: 'policy.template.list',
  request: z.strictObject({}),
  reply: z.strictObject({ items: z.array(policyTemplate) }),
});

/** @throws AnkaError `policy-template-not-found` */
export const getPolicyTemplate = contract({
  ...gatewayToPolicy,
  subject: 'policy.template.get',
  request: z.strictObject({ template: z.string().max(64) }),
  reply: policyTemplate,
});

/** Conditional on the version in force (`ifMatch` of the context). The reply means that the policy is in force on every worker. */
export const putPolicy = contract({
  ...gatewayToPolicy,
  subject: 'policy.put',
  request: policyDocument.meta({ id: 'PutPolicy' }),
  reply: policy,
});

export const enforcedPolicy = z.strictObject({
  revision: z.number().int().positive(),
  document: policyDocument,
  /** Nothing is allowed, whatever the document says. */
  disabled: z.boolean(),
});

/**
 * Makes `revision` the tenant's enforced policy on this partition. It is idempotent and never returns to an older revision.
 * A tenant's first policy creates its KEK and its audit MAC key in the HSM. The reply means that the policy is committed.
 * It contains the enforced policy, which differs if the workers know a change that the caller has lost.
 */
export const applyPolicy = contract({
  owner: 'crypto-worker',
  callers: ['policy'],
  subject: 'crypto.{partition}.policy.apply',
  request: enforcedPolicy,
  reply: enforcedPolicy,
});

/** The maximum number of tenants in one comparison. */
export const maxCompared = 1000;

const revision = z.number().int().nonnegative();

/**
 * Compares what the policy service holds with what this partition enforces. A tenant differs if its enforced revision is lower
 * than the version in force, or higher than the newest version. A tenant whose enforced policy is refused by the workers
 * themselves is left out.
 */
export const compareEnforced = contract({
  owner: 'crypto-worker',
  callers: ['policy'],
  subject: 'crypto.{partition}.policy.compare',
  request: z.strictObject({
    held: z.array(z.strictObject({ tenantId: uuid, inForce: revision, newest: revision })).max(maxCompared),
  }),
  /** `revision`: the enforced one; 0 for none. */
  reply: z.strictObject({ differing: z.array(z.strictObject({ tenantId: uuid, revision })) }),
});
