import { platformTenantId, uuid } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { configuredSpaces, principalOf } from '../auth/configured-issuers.js';
import { IdentityConfig } from '../auth/identity.config.js';
import type { Issuer, IssuerSource } from '../auth/issuer.js';
import { RemoteKeys } from '../auth/remote-keys.js';
import { ClaimedTenants } from '../identity/claimed-tenants.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { TurnedAway } from '../identity/turned-away.js';
import { DiscoveredKeys } from './discovered-keys.js';
import { GuardedFetch } from './guarded-fetch.js';
import type { TenantIssuer } from './issuer.contract.js';
import { Issuers } from './issuers.js';
import { foreignPrefixes, isForeign, sharedWith } from './name-space.js';

/** The claim in which a token of a tenant's issuer names the tenant. The issuer's settings cannot rename it. */
const tenantClaim = 'tenant';

interface KnownIssuer {
  readonly row: TenantIssuer;
  readonly keys: JWTVerifyGetKey;
  /** Another issuer that can name the same people. */
  readonly sharedWith: string | undefined;
  /** The prefixes of other issuers' names. */
  readonly foreign: readonly string[];
}

/** The issuers of a tenant, by `iss`. */
type IssuersByIss = ReadonlyMap<string, KnownIssuer>;

/**
 * The issuers that tenants have named. Each is looked up in the tenant that the token claims, and is trusted for that tenant
 * only. One `iss` in two tenants is two issuers.
 */
@Injectable()
export class TenantIssuers implements IssuerSource {
  private readonly tenants: ClaimedTenants<IssuersByIss>;

  constructor(
    private readonly issuers: Issuers,
    epochs: IdentityEpoch,
    private readonly guarded: GuardedFetch,
    private readonly log: Logger,
    private readonly config: IdentityConfig,
  ) {
    this.tenants = new ClaimedTenants(epochs, (tenantId, before) => this.read(tenantId, before));
  }

  async find({ iss, [tenantClaim]: claimed }: JWTPayload): Promise<Issuer | undefined> {
    const tenant = uuid.safeParse(claimed);
    if (!tenant.success || tenant.data === platformTenantId || typeof iss !== 'string') return undefined;
    const { value, epoch } = await this.tenants.of(tenant.data);
    const known = value?.get(iss);
    return known && issuerOf(known, epoch);
  }

  /** An issuer of the tenant whose people another issuer can name too, or undefined. */
  async shared(tenantId: string): Promise<string | undefined> {
    const { value = new Map<string, KnownIssuer>() } = await this.tenants.of(tenantId);
    return [...value.values()].find(({ sharedWith: other }) => other !== undefined)?.row.issuer;
  }

  /** Reuses the keys of an issuer that has not changed, including fetched ones. */
  private async read(tenantId: string, before: IssuersByIss | undefined): Promise<IssuersByIss | undefined> {
    if (!(await this.issuers.any({ tenantId }))) return undefined;
    // Nobody can tell whether the issuer was deleted. It is not trusted, and its names stay taken.
    const doubted = new Map<string, TenantIssuer>();
    const rows = await this.issuers.list({ tenantId }, (id) => {
      const row = [...(before?.values() ?? [])].find((known) => known.row.id === id)?.row;
      if (row !== undefined) doubted.set(id, row);
      return row !== undefined;
    });
    if (rows.length === 0) return undefined;
    const spaces = [...configuredSpaces(this.config, tenantId), ...rows, ...doubted.values()];
    const known = rows.map((row): KnownIssuer => {
      const earlier = before?.get(row.issuer);
      const isSame = earlier?.row.id === row.id && earlier.row.revision === row.revision;
      const keys = isSame ? earlier.keys : this.keysOf(row);
      return { row, keys, sharedWith: sharedWith(row, spaces), foreign: foreignPrefixes(row, spaces) };
    });
    return new Map(known.map((one) => [one.row.issuer, one]));
  }

  private keysOf({ tenantId, issuer, keys, jwksUrl }: TenantIssuer): JWTVerifyGetKey {
    if (keys !== null) return createLocalJWKSet({ keys: keys });
    const { log } = this;
    const outage = {
      begin: (_: string, { message: reason }: Error) =>
        log.warn({ tenantId, issuer, reason }, 'cannot fetch the keys of a tenant’s issuer'),
      end: () => log.info({ tenantId, issuer }, 'fetched the keys of a tenant’s issuer again'),
    };
    const fetch = this.guarded.for(tenantId);
    if (jwksUrl === null) return new DiscoveredKeys(issuer, outage, fetch).find;
    return new RemoteKeys(jwksUrl, issuer, outage, fetch).find;
  }
}

const issuerOf = ({ row, keys, sharedWith: other, foreign }: KnownIssuer, epoch: number): Issuer => ({
  issuer: row.issuer,
  audience: row.audience,
  algorithms: row.algorithms,
  keys,
  read: (payload) => {
    const settings = { ...row, claims: { ...row.claims, tenant: tenantClaim } };
    const principal = principalOf(payload, settings, (id) => id === row.tenantId);
    if (isForeign(principal.subject, foreign))
      throw new TurnedAway(principal, 'claim sub names a person of another issuer');
    const roles = principal.roles.filter((role) => row.roles.some((given) => given === role));
    const groups = principal.groups.filter((group) => !isForeign(group, foreign));
    return {
      principal: { ...principal, roles, groups, ...(other !== undefined && { sharedWith: other }) },
      epoch,
    };
  },
});
