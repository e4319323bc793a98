import { calculateJwkThumbprint } from 'jose';
import type { TenantIssuer } from './issuer.contract.js';

/** The issuer's settings, one field each. Absent settings have no field. */
const factsOf = (of: TenantIssuer): Readonly<Record<string, string>> => ({
  issuer: of.issuer,
  audience: of.audience,
  algorithms: of.algorithms.join(','),
  rolesClaim: of.claims.roles,
  groupsClaim: of.claims.groups,
  roles: of.roles.join(','),
  sharesSubjects: String(of.sharesSubjects),
  ...(of.subjectPrefix !== '' && { subjectPrefix: of.subjectPrefix }),
  ...(of.jwksUrl !== null && { jwksUrl: of.jwksUrl }),
});

/** The keys by their SHA-256 thumbprints (RFC 7638). */
const keysOf = async ({ keys }: Pick<TenantIssuer, 'keys'>): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      (keys ?? []).map(async (key) => [await calculateJwkThumbprint(key), JSON.stringify(key)] as const),
    ),
  );

/** The number of thumbprints (43 characters and a space each) that fit into a field of 512 characters. */
const perField = 11;

/** Lists all thumbprints in as many fields as needed: `addedKeys`, `addedKeys2`. */
const listed = (name: string, thumbprints: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: Math.ceil(thumbprints.length / perField) }, (_, index) => [
      index === 0 ? name : `${name}${index + 1}`,
      thumbprints.slice(index * perField, (index + 1) * perField).join(' '),
    ]),
  );

const nothing = { keys: null };

const keyChanges = async (
  before: Pick<TenantIssuer, 'keys'> = nothing,
  after: Pick<TenantIssuer, 'keys'> = nothing,
): Promise<Record<string, string>> => {
  const [had, has] = [await keysOf(before), await keysOf(after)];
  const both = [...has.keys()].filter((key) => had.has(key));
  return {
    ...listed(
      'addedKeys',
      [...has.keys()].filter((key) => !had.has(key)),
    ),
    ...listed(
      'removedKeys',
      [...had.keys()].filter((key) => !has.has(key)),
    ),
    ...listed(
      'changedKeys',
      both.filter((key) => had.get(key) !== has.get(key)),
    ),
  };
};

/** The changed settings of an issuer: each new value under its name, and each old value under the name with `Was`. */
const changes = (before: TenantIssuer, after: TenantIssuer): Record<string, string> => {
  const [had, has] = [factsOf(before), factsOf(after)];
  const changed = [...new Set([...Object.keys(had), ...Object.keys(has)])].filter((name) => had[name] !== has[name]);
  const fields = changed.flatMap((name) => [[name, has[name]] as const, [`${name}Was`, had[name]] as const]);
  return Object.fromEntries(fields.filter((field): field is [string, string] => field[1] !== undefined));
};

/** The event details of a change: all settings of a new or deleted issuer, or the changed settings of another. */
export const issuerDetails = async (
  before: TenantIssuer | undefined,
  after: TenantIssuer | undefined,
): Promise<Record<string, string>> => {
  const now = after ?? before;
  if (now === undefined) return {};
  const facts = before !== undefined && after !== undefined ? changes(before, after) : factsOf(now);
  return { issuerId: now.id, issuer: now.issuer, ...facts, ...(await keyChanges(before, after)) };
};
