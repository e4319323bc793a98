import { context, issuerName, maxTokenSeconds, platformTenantId, uuid } from '@ankasecure/contracts';
import { hasNoLogin, integer, network } from '@ankasecure/service-kit';
import { z } from 'zod';
import { audienceClaims, claimPath, optionalClaims } from './claim.js';

/** The algorithms of tokens. All use public keys, so that no public key can serve as an HMAC secret. */
export const tokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'ML-DSA-44',
  'ML-DSA-65',
  'ML-DSA-87',
] as const;

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** An https URL, or an http one on loopback. */
export const isTrustworthy = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && loopback.includes(hostname));
};

/**
 * The prefix of the subjects and groups of an issuer's tokens. It contains exactly one colon, at its end, so names with
 * different prefixes always differ.
 */
export const subjectPrefix = z
  .string()
  .regex(
    /^([A-Za-z0-9._-]{1,63}:)?$/,
    'must be empty, or letters, digits, dots, underscores and hyphens with a colon at the end',
  );

const issuer = z
  .strictObject({
    /** The value of `iss`, compared character by character. */
    issuer: issuerName,
    /** The claim `claims.audience` (`aud`) must contain this value. */
    audience: z.string().min(1),
    /** A JWK set with public keys. It is read again when it changes. */
    jwksFile: z.string().min(1).optional(),
    /** The URL of a JWK set. It is fetched when needed, and again for a key that is not in it. */
    jwksUrl: z
      .string()
      .refine(isTrustworthy, 'must be an https URL (http only on loopback)')
      .refine(hasNoLogin, 'must have no login: a key set is public, and the URL is in messages')
      .optional(),
    algorithms: z.array(z.enum(tokenAlgorithms)).min(1),
    /** Where the claims are: names, or paths with dots (`realm_access.roles`). A claim with the whole name comes first. */
    claims: z
      .strictObject({
        tenant: claimPath.default('tenant'),
        roles: claimPath.default('roles'),
        /** A token can omit this claim. Its bearer then has no groups. */
        groups: claimPath.default('groups'),
        /** The claim with the audience. Others than `aud` name the application that got the token: see `audienceClaims`. */
        audience: z.enum(audienceClaims).default('aud'),
        /** The claims that a token must have besides `iss`, `aud`, `sub`, `exp`, and `iat` or `nbf`. `nbf` is checked whenever it is present. */
        required: z.array(z.enum(optionalClaims)).default([]),
      })
      .default({ tenant: 'tenant', roles: 'roles', groups: 'groups', audience: 'aud', required: [] }),
    /** Default: the issuer is trusted for every subject and group of its tenants. */
    subjectPrefix: subjectPrefix.optional(),
    /** The tenants that the issuer is trusted for. Default: all, except the platform's own tenant, which is never included. */
    tenants: z
      .array(uuid)
      .min(1)
      .refine((ids) => !ids.includes(platformTenantId), 'must not list the platform’s tenant: set platform: true')
      .optional(),
    /** Whether the issuer is also trusted for the platform's own tenant, and so can make platform administrators. */
    platform: z.boolean().default(false),
  })
  .refine(
    (value) => (value.jwksFile === undefined) !== (value.jwksUrl === undefined),
    'must have either jwks-file or jwks-url',
  );

const serviceAccounts = z.strictObject({
  /**
   * The URL of this API for clients, up to the path that `http.base-path` names. It is `iss` and `aud` of issued tokens, and an
   * audience of assertions.
   */
  issuer: z
    .string()
    .refine(isTrustworthy, 'must be an https URL (http only on loopback)')
    .refine(
      (url) => URL.canParse(url) && `${new URL(url).origin}${new URL(url).pathname.replace(/\/$/, '')}` === url,
      'must be a URL without a query and without a trailing slash',
    ),
  /** The lifetime of a token. A change of its account takes effect earlier, at once. */
  tokenSeconds: integer(30, maxTokenSeconds).default(300),
});
export type ServiceAccountConfig = z.infer<typeof serviceAccounts>;

export const identityConfig = z
  .strictObject({
    issuers: z.array(issuer).min(1),
    /** Default: no service accounts. */
    serviceAccounts: serviceAccounts.optional(),
    tenantIssuers: z
      .strictObject({
        /** Internal networks in which a tenant's identity provider may be. Others are not reachable. */
        allowedNetworks: z.array(network).default([]),
      })
      .default({ allowedNetworks: [] }),
    /**
     * The platform administrators who may repair while nothing tells whom the platform's tenant has shut out: the issuer, and the
     * subject with the issuer's prefix. Default: nobody may then.
     */
    repairers: z.array(z.strictObject({ issuer: issuerName, subject: context.shape.principal })).default([]),
    /** The tolerated difference between clocks. */
    clockToleranceSeconds: integer(0, 60).default(5),
    /** The longest life of a token of an issuer other than the gateway itself, from its `iat`, or else its `nbf`, to its `exp`. */
    maxTokenLifeSeconds: integer(60, 31_536_000).default(86_400),
    /** The time for which a verified token is accepted without another check of its issuer's keys, never beyond its `exp`. */
    tokenCacheSeconds: integer(0, 3600).default(300),
  })
  .refine(
    ({ issuers }) => new Set(issuers.map((row) => row.issuer)).size === issuers.length,
    'must not contain an issuer twice',
  )
  .refine(
    ({ issuers, serviceAccounts }) => issuers.every((row) => row.issuer !== serviceAccounts?.issuer),
    'must have an issuer for service accounts that no other issuer uses',
  )
  .refine(
    ({ issuers, repairers }) =>
      repairers.every(({ issuer: name }) => issuers.some((row) => row.issuer === name && row.platform)),
    'must name repairers by an issuer with platform: true',
  );
/** The `identity` section, and the token it is injected by. */
export interface IdentityConfig extends z.infer<typeof identityConfig> {}
export abstract class IdentityConfig {}

/** The section on service accounts. @throws Error if there is none: nothing that needs it is served then */
export const serviceAccountsOf = ({ serviceAccounts: section }: IdentityConfig): ServiceAccountConfig => {
  if (section === undefined) throw new Error('service accounts are not configured');
  return section;
};
export type IssuerConfig = IdentityConfig['issuers'][number];
