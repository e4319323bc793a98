import { context, maxGroups, platformTenantId, text, uuid } from '@ankasecure/contracts';
import { WatchedFiles } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { z } from 'zod';
import { TurnedAway } from '../identity/turned-away.js';
import { Outbound } from '../outbound/outbound.js';
import { claimAt, namesIn } from './claim.js';
import { IdentityConfig, type IssuerConfig } from './identity.config.js';
import type { Issuer, IssuerSource } from './issuer.js';
import { issuerKeys } from './issuer-keys.js';
import { KeyOutage } from './key-outage.js';
import type { Principal } from './principal.js';
import { isRole } from './role.js';

/** The issuers of the configuration file. Each is trusted for the tenants that the file names. */
@Injectable()
export class ConfiguredIssuers implements IssuerSource {
  private readonly issuers: ReadonlyMap<string, Issuer>;

  constructor({ issuers }: IdentityConfig, outage: KeyOutage, outbound: Outbound, files: WatchedFiles) {
    this.issuers = new Map(issuers.map((row) => [row.issuer, issuerOf(row, issuerKeys(row, outage, outbound, files))]));
  }

  find({ iss }: JWTPayload): Issuer | undefined {
    return this.issuers.get(String(iss));
  }
}

const issuerOf = (config: IssuerConfig, keys: JWTVerifyGetKey): Issuer => ({
  issuer: config.issuer,
  audience: config.audience,
  audienceClaim: config.claims.audience,
  algorithms: config.algorithms,
  keys,
  required: config.claims.required,
  read: (payload) => ({ principal: principalOf(payload, config, (tenantId) => speaksFor(config, tenantId)) }),
});

/** An issuer, and the prefix of the names that it gives. Issuers with one prefix can name the same people. */
export interface NameSpace {
  readonly issuer: string;
  readonly subjectPrefix: string;
}

/** The name spaces of the configured issuers that speak for a tenant. No tenant can change them. */
export const configuredSpaces = (
  { issuers }: Pick<IdentityConfig, 'issuers'>,
  tenantId: string,
): readonly NameSpace[] =>
  issuers
    .filter((row) => speaksFor(row, tenantId))
    .map(({ issuer, subjectPrefix = '' }) => ({ issuer, subjectPrefix }));

const speaksFor = ({ tenants, platform }: Pick<IssuerConfig, 'tenants' | 'platform'>, tenantId: string): boolean =>
  tenantId === platformTenantId ? platform : tenants === undefined || tenants.includes(tenantId);

/** The issuer, the names of its claims, and the prefix of its subjects and groups. */
type ClaimSettings = Pick<IssuerConfig, 'issuer' | 'subjectPrefix'> & {
  readonly claims: Pick<IssuerConfig['claims'], 'tenant' | 'roles' | 'groups'>;
};

/** The subject of a genuine token without a usable one, in the record of its refusal. */
const noSubject = '(none)';

/**
 * Reads the principal of a token whose signature is its issuer's.
 * @throws TurnedAway if the issuer speaks for the tenant and other claims are unusable; Error of any kind otherwise. The message is
 * only for the log and the trail
 */
export const principalOf = (
  payload: JWTPayload,
  { issuer, claims, subjectPrefix = '' }: ClaimSettings,
  maySpeakFor: (tenantId: string) => boolean,
): Principal => {
  const tenant = uuid.safeParse(claimAt(payload, claims.tenant));
  if (!tenant.success) throw new Error(`claim ${claims.tenant} is not a tenant id`);
  if (!maySpeakFor(tenant.data)) throw new Error('the issuer does not speak for this tenant');
  const subject = known(payload.sub, subjectPrefix, context.shape.principal);
  const unusable = (reason: string): TurnedAway =>
    new TurnedAway({ tenantId: tenant.data, issuer, subject: subject ?? noSubject }, reason);
  if (subject === undefined) throw unusable('claim sub is not acceptable');
  const names = namesIn(payload, claims.roles);
  if (names === undefined) throw unusable(`claim ${claims.roles} is neither a list nor a text`);
  const granted = names.filter(isRole);
  const groups = groupsOf(claimAt(payload, claims.groups), subjectPrefix);
  return { tenantId: tenant.data, subject, issuer, roles: granted, groups };
};

/** The name under which a token's subject or group is known here, or undefined if it is invalid. */
const known = (name: unknown, prefix: string, schema: z.ZodType<string>): string | undefined =>
  schema.safeParse(name).success ? schema.safeParse(`${prefix}${name as string}`).data : undefined;

const group = text(128);

/** Groups that cannot have grants are left out. A caller with too many groups is admitted without any. */
const groupsOf = (claim: unknown, prefix: string): readonly string[] => {
  if (!Array.isArray(claim) || claim.length > maxGroups) return [];
  return [...new Set(claim.map((name) => known(name, prefix, group)).filter((name) => name !== undefined))];
};
