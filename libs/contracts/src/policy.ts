import { policyDocument, uses } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { contract, page } from './bus.js';
import { policyDecision } from './dry-run.js';
import {
  algorithmName,
  cursor,
  custody,
  inDigits,
  instant,
  pageLimit,
  purpose,
  tenantSlug,
  text,
  uuid,
  warning,
} from './primitive.js';
import { policyReason } from './refusal.js';

/** The platform's own tenant. Platform administrators belong to it, and their actions are sealed in its trail. */
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
      partition: z
        .string()
        .regex(/^[a-z0-9-]{1,32}$/, 'must be the name of an HSM partition')
        .optional()
        .describe(
          'The HSM partition that holds all keys of the tenant. It must be configured and cannot be changed later. Default: the platform’s default partition.',
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

/** The tenant of the context, or `tenant-unknown`. It is requested once per tenant, for the partition. */
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

const enforcedPolicy = z.strictObject({ revision: z.number().int().positive(), document: policyDocument });

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

const days = z.number().int().min(1).max(36_500);

/** A reason of the platform or the token against a call that the policy allows. */
const platformReason = z
  .strictObject({
    code: z
      .enum(['purpose-mismatch', 'algorithm-unavailable'])
      .describe('The code of the problem that the call would return.'),
    rule: z
      .literal('platform')
      .describe('The reason is not a rule of the policy: the platform or the token cannot do it.'),
    detail: z.string(),
    source: z.string(),
  })
  .meta({ id: 'PlatformReason' });

/** Evaluates the enforced copy of the policy, with the steps that this token leaves to the worker. */
export const evaluatePolicy = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.policy.evaluate',
  request: z
    .strictObject({
      use: z
        .enum(uses)
        .describe(
          'create is to make a key with POST /keys; protect is to encrypt, sign or compute a MAC; process is to decrypt, verify or unwrap.',
        ),
      keyId: uuid.optional().describe('An existing key, which then decides algorithm, purpose and custody.'),
      algorithm: algorithmName.optional(),
      purpose: purpose.optional().describe('Default: the first purpose of the algorithm.'),
      custody: custody.optional().describe('Default: token.'),
      lifeDays: days.optional().describe('Planned lifetime of a new key in days.'),
      rotationDays: days.optional().describe('Planned rotation interval in days.'),
      labels: z.array(text(64)).max(64).optional().describe('The names in the metadata of a new key.'),
      at: instant.optional().describe('The time to evaluate the policy at. Default: now.'),
    })
    .refine(
      ({ keyId, algorithm }) => (keyId === undefined) !== (algorithm === undefined),
      'send either keyId or algorithm',
    )
    .refine(
      ({ keyId, use }) => keyId === undefined || use !== 'create',
      'use create requires algorithm, because the key of keyId exists already',
    )
    .refine(
      ({ keyId, purpose: asked, custody: place }) =>
        keyId === undefined || (asked === undefined && place === undefined),
      'purpose and custody are allowed only with algorithm',
    )
    .meta({ id: 'EvaluatePolicy' }),
  reply: z
    .strictObject({
      ...policyDecision,
      rule: z
        .union([policyDecision.rule, platformReason.shape.rule])
        .describe(
          'The first rule that refuses the use, or the strictest rule that allows it. platform means that the policy allows the use but the platform or the token cannot perform it.',
        ),
      reasons: z.array(z.union([policyReason, platformReason])),
      warnings: z.array(warning),
      policyVersion: z.number().int().positive(),
      algorithm: algorithmName,
      purpose,
      custody,
      outsideSteps: z.array(z.string()).describe('The steps that this token leaves to the worker.'),
    })
    .meta({ id: 'PolicyEvaluation' }),
});

/** The uses that a change would refuse and that are allowed now, in pages of key versions. Past operations are on the first page. */
export const evaluatePolicyChange = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.policy.evaluate-change',
  request: z
    .strictObject({
      document: policyDocument.describe('The proposed policy document.'),
      days: z
        .number()
        .int()
        .min(1)
        .max(30)
        .default(30)
        .describe('The number of past days whose operations are checked.'),
      limit: z
        .number()
        .int()
        .min(1)
        .max(5000)
        .default(1000)
        .describe('The number of key versions that one answer checks.'),
      cursor: cursor.optional(),
    })
    .meta({ id: 'EvaluatePolicyChange' }),
  reply: z
    .strictObject({
      policyVersion: z
        .number()
        .int()
        .positive()
        .describe('The policy version in force that the proposal is compared with.'),
      versions: z
        .strictObject({
          checked: z.number().int().nonnegative(),
          refused: z.number().int().nonnegative(),
          items: z.array(
            z.strictObject({
              keyId: uuid,
              label: z.string(),
              version: z.number().int().positive(),
              algorithm: algorithmName,
              purpose,
              custody,
              refused: z.array(z.strictObject({ use: z.enum(['protect', 'process']), reasons: z.array(policyReason) })),
            }),
          ),
          next: z.string().nullable(),
        })
        .describe('The key versions on this page that would lose a use they have now.'),
      operations: z
        .strictObject({
          since: instant,
          checked: z.number().int().nonnegative().describe('The number of sealed, successful calls since then.'),
          refused: z.number().int().nonnegative(),
          complete: z.boolean().describe('False if only the most frequent kinds of calls were checked.'),
          items: z.array(
            z.strictObject({
              operation: z.string(),
              keyId: uuid,
              version: z.number().int().positive(),
              algorithm: algorithmName,
              count: z.number().int().positive(),
              lastAt: instant,
              reasons: z.array(policyReason),
            }),
          ),
        })
        .nullable()
        .describe(
          'The recent calls that the proposed policy would have refused: encrypt, decrypt, sign, verify, key.create, key.import and key.rotate. null after the first page.',
        ),
    })
    .meta({ id: 'PolicyChangeEvaluation' }),
});
