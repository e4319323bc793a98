import { issuerName, platformTenantId, uuid } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { claimAt } from '../auth/claim.js';
import { configuredSpaces, principalOf } from '../auth/configured-issuers.js';
import { IdentityConfig } from '../auth/identity.config.js';
import type { Issuer, IssuerSource } from '../auth/issuer.js';
import { ClaimedTenants } from '../identity/claimed-tenants.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { TurnedAway } from '../identity/turned-away.js';
import { ClaimNames } from './claim-name/claim-names.js';
import type { TenantIssuer } from './issuer.contract.js';
import { Issuers } from './issuers.js';
import { TenantIssuerKeys } from './key-source/tenant-issuer-keys.js';
import { foreignPrefixes, isForeign, sharedWith } from './name-space.js';

/** The claim in which a token of a tenant's issuer names the tenant, unless the issuer's settings say another. */
const usualClaim = 'tenant';

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
    private readonly claimNames: ClaimNames,
    private readonly keys: TenantIssuerKeys,
    private readonly config: IdentityConfig,
  ) {
    this.tenants = new ClaimedTenants(epochs, (tenantId, before) => this.read(tenantId, before));
  }

  async find(claims: JWTPayload): Promise<Issuer | undefined> {
    if (!issuerName.safeParse(claims.iss).success) return undefined;
    const usual = await this.named(claims, usualClaim);
    if (usual !== undefined) return usual;
    for (const name of await this.claimNames.of(String(claims.iss))) {
      const found = await this.named(claims, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The issuer of the tenant in the claim, if the issuer's own settings name that claim. */
  private async named(claims: JWTPayload, claim: string): Promise<Issuer | undefined> {
    const tenant = uuid.safeParse(claimAt(claims, claim));
    if (!tenant.success || tenant.data === platformTenantId) return undefined;
    const { value, epoch } = await this.tenants.of(tenant.data);
    const known = value?.get(String(claims.iss));
    return known?.row.claims.tenant === claim ? issuerOf(known, epoch) : undefined;
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
    const rows = await this.issuers.all({ tenantId }, (id) => {
      const row = [...(before?.values() ?? [])].find((known) => known.row.id === id)?.row;
      if (row !== undefined) doubted.set(id, row);
      return row !== undefined;
    });
    if (rows.length === 0) return undefined;
    const spaces = [...configuredSpaces(this.config, tenantId), ...rows, ...doubted.values()];
    const known = rows.map((row): KnownIssuer => {
      const earlier = before?.get(row.issuer);
      const isSame = earlier?.row.id === row.id && earlier.row.revision === row.revision;
      const keys = isSame ? earlier.keys : this.keys.of(row);
      return { row, keys, sharedWith: sharedWith(row, spaces), foreign: foreignPrefixes(row, spaces) };
    });
    return new Map(known.map((one) => [one.row.issuer, one]));
  }
}

const issuerOf = ({ row, keys, sharedWith: other, foreign }: KnownIssuer, epoch: number): Issuer => ({
  issuer: row.issuer,
  audience: row.audience,
  audienceClaim: row.claims.audience,
  algorithms: row.algorithms,
  keys,
  required: row.claims.required,
  read: (payload) => {
    const principal = principalOf(payload, row, (id) => id === row.tenantId);
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
