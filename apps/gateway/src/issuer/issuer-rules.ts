import { AnkaError } from '@ankasecure/contracts';
import type { RecordSets } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { NameSpace } from '../auth/configured-issuers.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import type { createIssuer, TenantIssuer } from './issuer.contract.js';
import { IssuerRecord } from './issuer.entity.js';
import { sharedWith } from './name-space.js';

export type IssuerSettings = z.infer<typeof createIssuer.request>;

/** The limit of issuers per tenant. */
const most = 20;

/** What an issuer's settings are compared with. */
interface Taken {
  /** The tenant's issuers but the one itself. */
  readonly others: readonly IssuerRecord[];
  /** The configured issuers that speak for the tenant. */
  readonly configured: readonly NameSpace[];
}

/**
 * The tenant's other issuers. The transaction keeps every gateway from making another. None of them can be hidden by whoever owns
 * the database: its names would pass for free.
 * @throws AnkaError as `RecordSets.loadDeciding`
 */
export const otherIssuers = async (
  manager: EntityManager,
  sets: RecordSets,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<readonly IssuerRecord[]> => {
  await lockTenant(manager, 'issuers', tenantId);
  return (await sets.loadDeciding(manager, IssuerRecord, tenantId)).filter((issuer) => issuer.id !== id);
};

/**
 * Among the issuers with one prefix, at most one does not set `sharesSubjects`. A configured issuer never does: its names count
 * as taken. An issuer can name another issuer's people only if its settings allow that.
 * @returns another issuer that can name the same people, if there is one
 * @throws AnkaError `issuer-exists`, `subject-prefix-taken`, `request-invalid` when the tenant has too many
 */
export const assertFree = (settings: IssuerSettings, { others, configured }: Taken): string | undefined => {
  const { issuer, subjectPrefix, sharesSubjects } = settings;
  if (others.some((other) => other.issuer === issuer)) throw new AnkaError('issuer-exists');
  if (others.length >= most) throw new AnkaError('request-invalid', `A tenant can have at most ${most} issuers`);
  const owners = [...configured, ...others.filter((other) => !other.sharesSubjects)];
  const owner = owners.find((other) => other.subjectPrefix === subjectPrefix);
  if (owner !== undefined && !sharesSubjects)
    throw new AnkaError(
      'subject-prefix-taken',
      `${owner.issuer} already has these subjects. Choose another subjectPrefix, or set sharesSubjects if both issuers have the same users.`,
    );
  return sharedWith(settings, [...configured, ...others]);
};

/** Whether all people of the issuer keep their names and their issuer in the change. */
export const keepsNames = (
  before: TenantIssuer,
  after: Pick<TenantIssuer, 'issuer' | 'subjectPrefix'> | undefined,
): boolean => after?.issuer === before.issuer && after.subjectPrefix === before.subjectPrefix;
