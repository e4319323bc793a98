import { z } from 'zod';
import { contract } from './bus.js';
import { text, uuid } from './primitive.js';

/**
 * The rights that can be granted on a key. Every right includes seeing the key. `manage` covers its lifecycle and its grants to
 * others. Nobody can grant themselves, or a group of theirs, a right by it. A caller whose token names no groups may be in any.
 */
export const keyRights = [
  'use:encrypt',
  'use:decrypt',
  'use:sign',
  'use:verify',
  'use:encapsulate',
  'use:decapsulate',
  'manage',
  'view',
] as const;
export type KeyRight = (typeof keyRights)[number];

export const granteeKinds = ['subject', 'group'] as const;
export type GranteeKind = (typeof granteeKinds)[number];

const granteeKind = z.enum(granteeKinds);
const grantee = text(256);

export const grant = z.strictObject({
  kind: granteeKind.describe(
    'subject is one caller, by the sub of its tokens; group is every caller whose token names the group.',
  ),
  /** All issuers of a tenant share one namespace of subjects and one of groups. */
  grantee,
  rights: z
    .array(z.enum(keyRights))
    .min(1)
    .max(keyRights.length)
    .refine((rights) => new Set(rights).size === rights.length, 'must not contain a right twice')
    .meta({ uniqueItems: true })
    .describe(
      'Rights to use the key, to `manage` the key and its grants, or to `view` it. Every right includes seeing the key. A grantee with `manage` cannot grant rights to itself or to its own groups; if its token names no groups, it cannot grant rights to any group.',
    ),
});
export type Grant = z.infer<typeof grant>;

/** The maximum number of grantees of one key. More should be a group. */
export const maxGrants = 200;

const grants = z
  .array(grant)
  .max(maxGrants)
  .refine(
    (rows) => new Set(rows.map((row) => `${row.kind} ${row.grantee}`)).size === rows.length,
    'must not contain a grantee twice: list all its rights in one entry',
  )
  .meta({ uniqueItems: true });

export const keyGrants = z
  .strictObject({
    keyId: uuid,
    grants: z.array(grant),
    revision: z.number().int().positive().describe('The revision of the key, also sent as the ETag.'),
  })
  .meta({ id: 'KeyGrants' });
export type KeyGrants = z.infer<typeof keyGrants>;

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

export const getGrants = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.grant.get',
  request: z.strictObject({ id: uuid }),
  reply: keyGrants,
});

const replacement = { grants: grants.describe('All grants of the key. Grants that are not listed are deleted.') };

/** Conditional on the key's revision. The reply means that the change is in force on every worker. */
export const putGrants = {
  body: z.strictObject(replacement).meta({ id: 'PutGrants' }),
  contract: contract({
    ...gatewayToWorker,
    subject: 'crypto.{partition}.key.grant.put',
    request: z.strictObject({ id: uuid, ...replacement }),
    reply: keyGrants,
  }),
};

/** Deletes one grantee's rights, or all. It needs no condition, because a deletion must not wait. The reply means that it is in force on every worker. */
export const deleteGrants = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.grant.delete',
  request: z
    .strictObject({ id: uuid, kind: granteeKind.optional(), grantee: grantee.optional() })
    .refine(
      (request) => (request.kind === undefined) === (request.grantee === undefined),
      'send kind and grantee together, or neither to delete all grants of the key',
    ),
  reply: keyGrants,
});
