import { changedValues } from '../audit/changed-details.js';
import type { RegisteredCertificate, ServiceAccount } from './service-account.contract.js';

/** The changed settings, as the event's details. Groups can be too many to list. */
export const settingChanges = (before: ServiceAccount, after: ServiceAccount): Readonly<Record<string, string>> => ({
  ...changedValues(settingsOf(before), settingsOf(after)),
  ...(before.groups.join('\n') !== after.groups.join('\n') && { groups: `${after.groups.length} in all` }),
});

const settingsOf = ({ name, roles }: ServiceAccount) => ({ name, roles: roles.join(',') });

interface AccountFacts extends Pick<ServiceAccount, 'id' | 'roles'> {
  readonly certificates: readonly RegisteredCertificate[];
}

/** What the event of an account says of it. */
export const detailsOf = ({ id: accountId, roles, certificates }: AccountFacts): Readonly<Record<string, string>> => ({
  accountId,
  roles: roles.join(','),
  ...(certificates.length > 0 && { certificates: certificates.map(({ thumbprint }) => thumbprint).join(',') }),
});
