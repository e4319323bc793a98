import { platformTenantId, uuid } from '@ankasecure/contracts';
import type { Logger } from '@ankasecure/service-kit';
import { createLocalJWKSet, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { principalOf } from '../auth/configured-issuers.js';
import type { Issuer, IssuerSource } from '../auth/issuer.js';
import { RemoteKeys } from '../auth/remote-keys.js';
import type { GuardedFetch } from '../identity/guarded-fetch.js';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import { DiscoveredKeys } from './discovered-keys.js';
import type { TenantIssuer } from './issuer.contract.js';
import type { Issuers } from './issuers.js';

/** The claim by which a tenant's issuer says that it speaks for it, whatever its other claims are called. */
const tenantClaim = 'tenant';

interface Known {
  readonly row: TenantIssuer;
  readonly keys: JWTVerifyGetKey;
  /** In which `row` was seen last. */
  readonly epoch: number;
}

/** Issuers whose keys are kept in memory. */
const capacity = 1000;

/**
 * The issuers tenants have named. Each is looked for in the tenant that the token claims to be for, and speaks for that one
 * alone: what two tenants call by one name are two issuers.
 */
export class TenantIssuers implements IssuerSource {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly issuers: Issuers,
    private readonly epochs: IdentityEpoch,
    private readonly guarded: GuardedFetch,
    private readonly log: Logger,
  ) {}

  async find({ iss, [tenantClaim]: claimed }: JWTPayload): Promise<Issuer | undefined> {
    const tenant = uuid.safeParse(claimed);
    if (!tenant.success || tenant.data === platformTenantId || typeof iss !== 'string') return undefined;
    const known = await this.load(tenant.data, iss);
    return known && issuerOf(known);
  }

  private async load(tenantId: string, iss: string): Promise<Known | undefined> {
    const name = `${tenantId} ${iss}`;
    const epoch = await this.epochs.current();
    const before = this.known.get(name);
    if (before?.epoch === epoch) return before;
    const row = await this.issuers.named(tenantId, iss);
    if (row === undefined) {
      this.known.delete(name);
      return undefined;
    }
    const isSame = before?.row.id === row.id && before.row.revision === row.revision;
    const known = { row, epoch, keys: isSame ? before.keys : this.keysOf(row) };
    const oldest = this.known.keys().next();
    if (this.known.size >= capacity && oldest.done !== true) this.known.delete(oldest.value);
    this.known.set(name, known);
    return known;
  }

  private keysOf({ tenantId, issuer, keys, jwksUrl }: TenantIssuer): JWTVerifyGetKey {
    if (keys !== null) return createLocalJWKSet({ keys: keys });
    const { log } = this;
    const outage = {
      begin: (_: string, { message: reason }: Error) =>
        log.warn({ tenantId, issuer, reason }, 'the keys of a tenant’s issuer cannot be fetched'),
      end: () => log.info({ tenantId, issuer }, 'the keys of a tenant’s issuer are fetched again'),
    };
    if (jwksUrl === null) return new DiscoveredKeys(issuer, outage, this.guarded.fetch).find;
    return new RemoteKeys(jwksUrl, issuer, outage, this.guarded.fetch).find;
  }
}

const issuerOf = ({ row, keys, epoch }: Known): Issuer => ({
  issuer: row.issuer,
  audience: row.audience,
  algorithms: row.algorithms,
  keys,
  read: (payload) => {
    const principal = principalOf(payload, { ...row.claims, tenant: tenantClaim }, (id) => id === row.tenantId);
    return { principal: { ...principal, roles: principal.roles.filter((role) => role !== 'platform-admin') }, epoch };
  },
});
