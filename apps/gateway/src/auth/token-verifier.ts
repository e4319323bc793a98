import { AnkaError, context, maxGroups, platformTenantId, text, uuid } from '@ankasecure/contracts';
import {
  decodeJwt,
  decodeProtectedHeader,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import type { IdentityConfig, IssuerConfig } from './identity.config.js';
import { issuerKeys } from './issuer-keys.js';
import type { KeyOutage } from './key-outage.js';
import type { Principal } from './principal.js';
import { isRole } from './role.js';

interface Issuer {
  readonly config: IssuerConfig;
  readonly keys: JWTVerifyGetKey;
}

export interface Verified {
  readonly principal: Principal;
  /** The token's `exp`, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Headers by which a token would choose its own key or its own rules (RFC 8725 §3.10). */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'zip', 'b64'];
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/** Verifies access tokens (RFC 7519, RFC 8725, RFC 9068) of the configured issuers. */
export class TokenVerifier {
  private readonly issuers: ReadonlyMap<string, Issuer>;
  private readonly clockTolerance: number;

  constructor(config: IdentityConfig, outage: KeyOutage) {
    this.issuers = new Map(config.issuers.map((row) => [row.issuer, { config: row, keys: issuerKeys(row, outage) }]));
    this.clockTolerance = config.clockToleranceSeconds;
  }

  /**
   * @throws AnkaError `service-unavailable` when the issuer's keys cannot be had
   * @throws Error of any kind for a token that is not acceptable; its message is for our log only
   */
  async verify(token: string): Promise<Verified> {
    assertHeader(decodeProtectedHeader(token));
    const issuer = this.issuers.get(String(decodeJwt(token).iss));
    if (issuer === undefined) throw new Error('issuer is not configured');
    const { payload } = await jwtVerify(token, issuer.keys, {
      issuer: issuer.config.issuer,
      audience: issuer.config.audience,
      algorithms: [...issuer.config.algorithms],
      requiredClaims: ['exp', 'nbf', 'sub'],
      clockTolerance: this.clockTolerance,
    });
    return { principal: principalOf(payload, issuer.config), expiresAt: Number(payload.exp) * 1000 };
  }
}

const assertHeader = (header: ProtectedHeaderParameters): void => {
  const refused = refusedHeaders.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) throw new Error(`header ${refused} is not accepted`);
  if (!types.includes(header.typ?.toLowerCase())) throw new Error('typ is not that of an access token');
};

const speaksFor = ({ tenants, platform }: Pick<IssuerConfig, 'tenants' | 'platform'>, tenantId: string): boolean =>
  tenantId === platformTenantId ? platform : tenants === undefined || tenants.includes(tenantId);

const principalOf = (payload: JWTPayload, { claims, ...issuer }: IssuerConfig): Principal => {
  const tenant = uuid.safeParse(payload[claims.tenant]);
  if (!tenant.success) throw new Error(`claim ${claims.tenant} is not a tenant id`);
  if (!speaksFor(issuer, tenant.data)) throw new Error('the issuer does not speak for this tenant');
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

export const isUnavailable = (error: unknown): error is AnkaError =>
  error instanceof AnkaError && error.code === 'service-unavailable';
