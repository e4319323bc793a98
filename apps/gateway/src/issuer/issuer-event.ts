import { calculateJwkThumbprint } from 'jose';
import { changedThumbprints, changedValues } from '../audit/changed-details.js';
import type { TenantIssuer } from './issuer.contract.js';

/** The issuer's settings, one field each. Absent settings have no field. */
const factsOf = (of: TenantIssuer): Readonly<Record<string, string>> => ({
  issuer: of.issuer,
  audience: of.audience,
  algorithms: of.algorithms.join(','),
  ...(of.claims.tenant !== 'tenant' && { tenantClaim: of.claims.tenant }),
  ...(of.claims.audience !== 'aud' && { audienceClaim: of.claims.audience }),
  rolesClaim: of.claims.roles,
  groupsClaim: of.claims.groups,
  ...(of.claims.required.length > 0 && { requiredClaims: of.claims.required.join(',') }),
  roles: of.roles.join(','),
  sharesSubjects: String(of.sharesSubjects),
  ...(of.subjectPrefix !== '' && { subjectPrefix: of.subjectPrefix }),
  ...(of.jwksUrl !== null && { jwksUrl: of.jwksUrl }),
});

/** The keys by their SHA-256 thumbprints (RFC 7638). */
const keysOf = async (issuer: TenantIssuer | undefined): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      (issuer?.keys ?? []).map(async (key) => [await calculateJwkThumbprint(key), JSON.stringify(key)] as const),
    ),
  );

/** The event details of a change: all settings of a new or deleted issuer, or the changed settings of another. */
export const issuerDetails = async (
  before: TenantIssuer | undefined,
  after: TenantIssuer | undefined,
): Promise<Record<string, string>> => {
  const now = after ?? before;
  if (now === undefined) return {};
  const facts =
    before !== undefined && after !== undefined ? changedValues(factsOf(before), factsOf(after)) : factsOf(now);
  const keys = changedThumbprints('Keys', await keysOf(before), await keysOf(after));
  return { issuerId: now.id, issuer: now.issuer, ...facts, ...keys };
};
