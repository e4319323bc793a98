import { cursor, instant, notTogether, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { audienceClaims, claimPath, optionalClaims } from '../auth/claim.js';
import { adviceOn, algorithmsOf, clientKey, settled, type TokenAlgorithm, type TypedKey } from '../auth/client-key.js';
import { isTrustworthy, subjectPrefix, tokenAlgorithms } from '../auth/identity.config.js';
import { tenantRoles } from '../auth/role.js';
import { ownContract } from '../route/own-contract.js';

const url = text(512).refine(isTrustworthy, 'must be an https URL').meta({ format: 'uri' });

const about = {
  issuer: url.describe('The value of `iss`, compared character by character.'),
  audience: text(256).describe('The value that the claim with the audience (`aud`) must contain.'),
  algorithms: z
    .array(z.enum(tokenAlgorithms))
    .min(1)
    .max(tokenAlgorithms.length)
    .refine((all) => new Set(all).size === all.length, 'must not contain an algorithm twice')
    .meta({ uniqueItems: true }),
};
const roles = z
  .array(z.enum(tenantRoles))
  .min(1)
  .max(tenantRoles.length)
  .refine((all) => new Set(all).size === all.length, 'must not contain a role twice')
  .meta({ uniqueItems: true })
  .describe('The roles that the issuer may assign. Other roles in its tokens are ignored.');
const space = {
  subjectPrefix: subjectPrefix.describe(
    'A prefix added to every `sub` and every group of the issuer’s tokens, in grants and in the audit trail. Without it, the issuer can issue tokens for every subject that does not begin with another issuer’s prefix.',
  ),
  sharesSubjects: z
    .boolean()
    .describe(
      'Allows the issuer to share its subjectPrefix with another issuer, for example while one replaces the other. Refused while the policy requires two people for anything.',
    ),
};
const claimNames = {
  tenant: claimPath.describe('The claim with the tenant’s id.'),
  roles: claimPath.describe('The claim with the roles: a list, or a text with spaces between them.'),
  groups: claimPath.describe('The claim with the groups, a list.'),
  audience: z
    .enum(audienceClaims)
    .describe(
      'The claim with the audience. `aud`, except for a provider whose access tokens have none: the others name the application that got the token (Amazon Cognito: `client_id`).',
    ),
  required: z
    .array(z.enum(optionalClaims))
    .max(optionalClaims.length)
    .refine((all) => new Set(all).size === all.length, 'must not contain a claim twice')
    .meta({ uniqueItems: true })
    .describe(
      'Claims that a token must have besides `iss`, the audience, `sub`, `exp`, and `iat` or `nbf`, from which its life is counted. `nbf` is checked whenever it is present.',
    ),
};
const claims = z.strictObject({
  tenant: claimNames.tenant.default('tenant'),
  roles: claimNames.roles.default('roles'),
  groups: claimNames.groups.default('groups'),
  audience: claimNames.audience.default('aud'),
  required: claimNames.required.default([]),
});
const sources = {
  keys: z
    .array(clientKey)
    .min(1)
    .max(20)
    .refine((all) => new Set(all.map(({ kid }) => kid)).size === all.length, 'must not contain a kid twice')
    .meta({ uniqueItems: true })
    .optional()
    .describe('Public keys as JWKs. Default: they are fetched.'),
  jwksUrl: url.optional().describe('The URL of the issuer’s JWK Set. Default: found by OpenID discovery.'),
};

const body = {
  ...about,
  claims: claims
    .default({ tenant: 'tenant', roles: 'roles', groups: 'groups', audience: 'aud', required: [] })
    .describe(
      'Where the claims are. Each is a name, or a path with dots such as `realm_access.roles`; a claim with the whole name comes first.',
    ),
  roles: roles.default([...tenantRoles]),
  subjectPrefix: space.subjectPrefix.default(''),
  sharesSubjects: space.sharesSubjects.default(false),
  ...sources,
};
interface IssuerKeySource {
  readonly algorithms: readonly TokenAlgorithm[];
  readonly keys?: readonly TypedKey[] | undefined;
  readonly jwksUrl?: string | undefined;
}

/** Checks that the settings agree with each other. */
const consistent = <Schema extends z.ZodType<IssuerKeySource>>(settings: Schema): Schema =>
  settings
    .refine(({ keys, jwksUrl }) => keys === undefined || jwksUrl === undefined, 'send keys or jwksUrl, not both')
    .check(({ value: { keys = [], algorithms }, issues }) => {
      for (const [index, key] of keys.entries()) {
        const able = algorithmsOf(key, algorithms);
        if (able.length === 1) continue;
        issues.push({ code: 'custom', message: adviceOn(key, able), path: ['keys', index, 'alg'], input: key.alg });
      }
    });

/** The keys of settings that were checked, each with its algorithm. */
export const keysOf = <Key extends Parameters<typeof settled>[0]>(
  keys: readonly Key[] | undefined,
  algorithms: readonly TokenAlgorithm[],
) => keys?.flatMap((key) => settled(key, algorithms) ?? []);

export const tenantIssuer = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    ...about,
    claims: z.strictObject(claimNames),
    roles,
    ...space,
    keys: z.array(z.record(z.string(), z.string())).nullable(),
    jwksUrl: z.string().nullable(),
    createdBy: z.string(),
    createdAt: instant,
    revision: z.number().int().positive().describe('The revision, also sent as the ETag.'),
  })
  .meta({ id: 'Issuer' });
export type TenantIssuer = z.infer<typeof tenantIssuer>;

export const createIssuer = ownContract(
  'issuer.create',
  consistent(z.strictObject(body)).meta({ id: 'CreateIssuer', ...notTogether('keys', 'jwksUrl') }),
  tenantIssuer,
);

/** Conditional. The reply means that the change is in force on every gateway. */
export const putIssuer = {
  body: consistent(z.strictObject(body)).meta({ id: 'PutIssuer', ...notTogether('keys', 'jwksUrl') }),
  contract: ownContract('issuer.put', consistent(z.strictObject({ id: uuid, ...body })), tenantIssuer),
};

/** Newest first. */
export const listIssuers = ownContract(
  'issuer.list',
  z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  page(tenantIssuer),
);
export const getIssuer = ownContract('issuer.get', z.strictObject({ id: uuid }), tenantIssuer);

/** The reply means that every gateway refuses the issuer's tokens, and no request with one is still running. */
export const deleteIssuer = ownContract('issuer.delete', z.strictObject({ id: uuid }), tenantIssuer);
