import { instant, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { isTrustworthy, subjectPrefix, tokenAlgorithms } from '../auth/identity.config.js';
import { tenantRoles } from '../auth/role.js';
import { ownContract } from '../route/own-service.js';
import { clientKey } from '../service-account/client-key.js';

const url = text(512).refine(isTrustworthy, 'an https URL is expected');

const about = {
  issuer: url.describe('Compared with `iss` character by character.'),
  audience: text(256).describe('Must be in `aud`.'),
  algorithms: z
    .array(z.enum(tokenAlgorithms))
    .min(1)
    .refine((all) => new Set(all).size === all.length, 'each algorithm once'),
};
const roles = z
  .array(z.enum(tenantRoles))
  .min(1)
  .refine((all) => new Set(all).size === all.length, 'each role once')
  .describe('The roles it may give; what else its tokens name counts for nothing.');
const space = {
  subjectPrefix: subjectPrefix.describe(
    'Stands before every `sub` and every group of its tokens, wherever they are named here: in grants, and in the trail. Without it the issuer speaks for every name of the tenant.',
  ),
  sharesSubjects: z
    .boolean()
    .describe(
      'Whether it is meant to speak for the same names as another issuer of that prefix: while one takes over from the other.',
    ),
};
const claims = z.strictObject({ roles: text(256).default('roles'), groups: text(256).default('groups') });
const sources = {
  keys: z
    .array(clientKey)
    .min(1)
    .max(20)
    .refine((all) => new Set(all.map(({ kid }) => kid)).size === all.length, 'each kid once')
    .optional()
    .describe('Public JWKs. When left out, they are fetched.'),
  jwksUrl: url.optional().describe('Where they are. When left out as well, OpenID discovery says.'),
};

const body = {
  ...about,
  claims: claims.default({ roles: 'roles', groups: 'groups' }).describe('Names of the claims, taken literally.'),
  roles: roles.default([...tenantRoles]),
  subjectPrefix: space.subjectPrefix.default(''),
  sharesSubjects: space.sharesSubjects.default(false),
  ...sources,
};
interface Settings {
  readonly algorithms: readonly string[];
  readonly keys?: readonly { readonly alg: string }[] | undefined;
  readonly jwksUrl?: string | undefined;
}

/** The settings agree with each other. */
const consistent = <Schema extends z.ZodType<Settings>>(settings: Schema): Schema =>
  settings
    .refine(
      ({ keys, jwksUrl }) => keys === undefined || jwksUrl === undefined,
      'at most one of keys and jwksUrl is expected',
    )
    .refine(
      ({ keys = [], algorithms }) => keys.every(({ alg }) => algorithms.includes(alg)),
      'the alg of every key must be one of algorithms',
    );

export const tenantIssuer = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    ...about,
    claims: z.strictObject({ roles: z.string(), groups: z.string() }),
    roles,
    ...space,
    keys: z.array(z.record(z.string(), z.string())).nullable(),
    jwksUrl: z.string().nullable(),
    createdBy: z.string(),
    createdAt: instant,
    revision: z.number().int().positive().describe('Also the ETag.'),
  })
  .meta({ id: 'Issuer' });
export type TenantIssuer = z.infer<typeof tenantIssuer>;

export const createIssuer = ownContract(
  'issuer.create',
  consistent(z.strictObject(body)).meta({ id: 'CreateIssuer' }),
  tenantIssuer,
);

/** Conditional. The reply means: in force on every gateway. */
export const putIssuer = {
  body: consistent(z.strictObject(body)).meta({ id: 'PutIssuer' }),
  contract: ownContract('issuer.put', consistent(z.strictObject({ id: uuid, ...body })), tenantIssuer),
};

export const listIssuers = ownContract(
  'issuer.list',
  z.strictObject({}),
  z.strictObject({ items: z.array(tenantIssuer) }),
);
export const getIssuer = ownContract('issuer.get', z.strictObject({ id: uuid }), tenantIssuer);

/** The reply means: none of its tokens opens any gateway any more, and nothing is under way for whoever came in with one. */
export const deleteIssuer = ownContract('issuer.delete', z.strictObject({ id: uuid }), tenantIssuer);
