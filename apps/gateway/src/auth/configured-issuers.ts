import { context, maxGroups, platformTenantId, text, uuid } from '@ankasecure/contracts';
import type { JWTPayload } from 'jose';
import type { IdentityConfig, IssuerConfig } from './identity.config.js';
import type { Issuer, IssuerSource } from './issuer.js';
import { issuerKeys } from './issuer-keys.js';
import type { KeyOutage } from './key-outage.js';
import type { Principal } from './principal.js';
import { isRole } from './role.js';

/** The issuers of the configuration file, which speak for the tenants it names. */
export class ConfiguredIssuers implements IssuerSource {
  private readonly issuers: ReadonlyMap<string, Issuer>;

  constructor({ issuers }: Pick<IdentityConfig, 'issuers'>, outage: KeyOutage) {
    this.issuers = new Map(issuers.map((row) => [row.issuer, issuerOf(row, outage)]));
  }

  find({ iss }: JWTPayload): Issuer | undefined {
    return this.issuers.get(String(iss));
  }
}

const issuerOf = (config: IssuerConfig, outage: KeyOutage): Issuer => ({
  issuer: config.issuer,
  audience: config.audience,
  algorithms: config.algorithms,
  keys: issuerKeys(config, outage),
  read: (payload) => ({ principal: principalOf(payload, config.claims, (tenantId) => speaksFor(config, tenantId)) }),
});

const speaksFor = ({ tenants, platform }: Pick<IssuerConfig, 'tenants' | 'platform'>, tenantId: string): boolean =>
  tenantId === platformTenantId ? platform : tenants === undefined || tenants.includes(tenantId);

/** @throws Error whose message is for our log only */
export const principalOf = (
  payload: JWTPayload,
  claims: IssuerConfig['claims'],
  maySpeakFor: (tenantId: string) => boolean,
): Principal => {
  const tenant = uuid.safeParse(payload[claims.tenant]);
  if (!tenant.success) throw new Error(`claim ${claims.tenant} is not a tenant id`);
  if (!maySpeakFor(tenant.data)) throw new Error('the issuer does not speak for this tenant');
  const subject = context.shape.principal.safeParse(payload.sub);
  if (!subject.success) throw new Error('claim sub is not acceptable');
  const names = payload[claims.roles];
  if (!Array.isArray(names)) throw new Error(`claim ${claims.roles} is not a list`);
  const granted = names.filter((name) => typeof name === 'string').filter(isRole);
  return { tenantId: tenant.data, subject: subject.data, roles: granted, groups: groupsOf(payload[claims.groups]) };
};

const group = text(128);

/** Names that cannot be granted anything are left out; whoever has too many to tell is let in with none of them. */
const groupsOf = (claim: unknown): readonly string[] => {
  if (!Array.isArray(claim) || claim.length > maxGroups) return [];
  return [...new Set(claim.filter((name): name is string => group.safeParse(name).success))];
};
