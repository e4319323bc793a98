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
      slug: tenantSlug,
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

const versionNumber = z.number().int().positive().max(2_147_483_647);
const versionInPath = inDigits(versionNumber);

const aboutVersion = {
  version: versionNumber,
  state: z
    .enum(['pending', 'active', 'superseded', 'failed'])
    .describe('active: in force on every worker. failed: refused by the workers, so never in force.'),
  changedBy: z.string(),
  changedAt: instant,
  restores: versionNumber.nullable().describe('The earlier version whose document it brought back.'),
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

/** What changes from one version to another, whichever is the later. */
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
          algorithm: algorithmName.optional().describe('Whose entry it is, of fields that go by algorithm.'),
          added: z.array(z.string()).optional(),
          removed: z.array(z.string()).optional(),
          before: z.unknown().optional().describe('null where there was none.'),
          after: z.unknown().optional().describe('null where there is none.'),
        })
        .meta({ id: 'PolicyDifference' }),
    ),
  }),
});

/** Puts the document of an earlier version as a new one, conditional as `putPolicy` is. */
export const rollbackPolicy = contract({
  ...gatewayToPolicy,
  subject: 'policy.rollback',
  request: z
    .strictObject({ version: versionNumber.describe('A version that was in force.') })
    .meta({ id: 'RollbackPolicy' }),
  reply: policy,
});

export const policyTemplate = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    document: policyDocument.describe('To be put as it is, or changed before.'),
    sources: z
      .array(z.strictObject({ rule: policyDocument.keyof(), source: z.string() }))
      .describe('What each rule rests on: document and section.'),
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

const days = z.number().int().min(1).max(36_500);

/** What stops a call that no policy forbids. */
const platformReason = z
  .strictObject({
    code: z
      .enum(['purpose-mismatch', 'algorithm-unavailable'])
      .describe('Of the problem that the call is answered with.'),
    rule: z.literal('platform').describe('No rule of the policy.'),
    detail: z.string(),
    source: z.string(),
  })
  .meta({ id: 'PlatformReason' });

/** A decision without a deed: by the copy that workers enforce, with what this token leaves outside. */
export const evaluatePolicy = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.policy.evaluate',
  request: z
    .strictObject({
      use: z
        .enum(uses)
        .describe('create: make a key with POST /keys; protect: encrypt, sign, MAC; process: decrypt, verify, unwrap.'),
      keyId: uuid.optional().describe('Of an existing key; algorithm, purpose and custody are then its own.'),
      algorithm: algorithmName.optional(),
      purpose: purpose.optional().describe('The algorithm’s first when left out.'),
      custody: custody.optional().describe('token when left out.'),
      lifeDays: days.optional().describe('How long a new key is to live.'),
      rotationDays: days.optional().describe('How often it is to be rotated.'),
      labels: z.array(text(64)).max(64).optional().describe('Names in the metadata of a new key.'),
      at: instant.optional().describe('As of another time; now when left out.'),
    })
    .refine(
      ({ keyId, algorithm }) => (keyId === undefined) !== (algorithm === undefined),
      'exactly one of keyId and algorithm is expected',
    )
    .refine(
      ({ keyId, use }) => keyId === undefined || use !== 'create',
      'create goes with algorithm: the key of keyId is there',
    )
    .refine(
      ({ keyId, purpose: asked, custody: place }) =>
        keyId === undefined || (asked === undefined && place === undefined),
      'purpose and custody go with algorithm',
    )
    .meta({ id: 'EvaluatePolicy' }),
  reply: z
    .strictObject({
      ...policyDecision,
      rule: z
        .union([policyDecision.rule, platformReason.shape.rule])
        .describe(
          'The first rule that objects, or the strictest that was passed; platform: all were, and something else objects.',
        ),
      reasons: z.array(z.union([policyReason, platformReason])),
      warnings: z.array(warning),
      policyVersion: z.number().int().positive(),
      algorithm: algorithmName,
      purpose,
      custody,
      outsideSteps: z.array(z.string()).describe('What this token leaves to the worker.'),
    })
    .meta({ id: 'PolicyEvaluation' }),
});

/** What a change would refuse that is allowed now. Pages of key versions; what was done with them comes with the first. */
export const evaluatePolicyChange = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.policy.evaluate-change',
  request: z
    .strictObject({
      document: policyDocument.describe('The proposed policy.'),
      days: z.number().int().min(1).max(30).default(30).describe('How far back operations are looked at.'),
      limit: z.number().int().min(1).max(5000).default(1000).describe('Key versions that one answer looks at.'),
      cursor: cursor.optional(),
    })
    .meta({ id: 'EvaluatePolicyChange' }),
  reply: z
    .strictObject({
      policyVersion: z.number().int().positive().describe('The version in force that it was compared with.'),
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
        .describe('Of this page: which of the key versions looked at would be refused something they may do now.'),
      operations: z
        .strictObject({
          since: instant,
          checked: z.number().int().nonnegative().describe('Successful calls since then, as far as they are sealed.'),
          refused: z.number().int().nonnegative(),
          complete: z.boolean().describe('False when only the most frequent kinds of calls were looked at.'),
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
          'Calls that would have been refused, had the policy been the proposed one: encrypt, decrypt, sign and verify, and what made keys and versions: key.create, key.import and key.rotate. null after the first page.',
        ),
    })
    .meta({ id: 'PolicyChangeEvaluation' }),
});
