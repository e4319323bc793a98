import { deleteGrants, getGrants, type KeyGrants, putGrants } from '@ankasecure/contracts';
import { tenantRoles } from '../auth/role.js';
import { ids } from '../route/example.js';
import type { Route } from '../route/route.js';

const grants: KeyGrants['grants'] = [
  { kind: 'subject', grantee: 'payments-service', rights: ['use:sign'] },
  { kind: 'group', grantee: 'invoice-readers', rights: ['use:verify', 'view'] },
];
const reply: KeyGrants = { keyId: ids.signingKey, grants, revision: 2 };

const about = {
  path: '/keys/{id}/grants',
  tag: 'Keys',
  status: 200,
  etag: true,
  right: 'manage',
  unknownId: 'key-not-found',
  withinMs: 15_000,
} as const;

/** The callers who can change grants, by their role or by `manage` on the key. */
const changers = ['tenant-admin', 'application-admin', 'user'] as const;

const inForce =
  'When the answer is 200, the change is in force: no worker releases a result that was decided before it.';

export const grantRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    operationId: 'getGrants',
    summary: 'Read the grants of a key',
    description:
      'A tenant or application administrator may use and manage every key, and an auditor may view every key. A principal with only the role user needs a grant, made to it or to a group in its token.',
    roles: tenantRoles,
    contract: getGrants,
    takes: 'parameters',
    errors: ['key-not-found', 'key-access-denied'],
    example: { reply },
  },
  {
    ...about,
    method: 'PUT',
    dryRun: true,
    operationId: 'putGrants',
    summary: 'Replace the grants of a key',
    description: `Requires an administrator role or the right \`manage\` on the key. A caller with \`manage\` cannot grant rights to itself or to its own groups; if its token names no groups, it cannot grant rights to any group. ${inForce}`,
    roles: changers,
    contract: putGrants.contract,
    takes: 'body',
    body: putGrants.body,
    conditional: true,
    errors: ['key-not-found', 'key-access-denied', 'audit-unavailable', 'decision-outdated'],
    example: { request: { grants }, reply },
  },
  {
    ...about,
    method: 'DELETE',
    dryRun: true,
    operationId: 'deleteGrants',
    summary: 'Delete grants of a key',
    description: `Deletes the grants of one grantee, or all grants if none is named. ${inForce}`,
    roles: changers,
    contract: deleteGrants,
    takes: 'parameters',
    conditional: 'optional',
    errors: ['key-not-found', 'key-access-denied', 'audit-unavailable', 'decision-outdated'],
    example: { reply: { ...reply, grants: grants.slice(1) } },
  },
];
