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

/** Who may change grants by its role, or by `manage` on the key. */
const changers = ['tenant-admin', 'application-admin', 'user'] as const;

const inForce =
  'An answer of 200 means that it is in force: no worker releases a result any more that was decided before.';

export const grantRoutes: readonly Route[] = [
  {
    ...about,
    method: 'GET',
    operationId: 'getGrants',
    summary: 'Read who may do what with a key',
    description:
      'Administrators of the tenant and of applications may do everything with each of its keys, and auditors may see them. Whoever is only a user may do what is granted here, to it or to a group its tokens name, and nothing else.',
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
    description: `Needs one of the administrators’ roles, or the right \`manage\` on the key, by which nobody gives a right to itself or to a group of its own, nor to any group with a token that names none. ${inForce}`,
    roles: changers,
    contract: putGrants.contract,
    takes: 'body',
    body: putGrants.body,
    conditional: true,
    errors: ['key-not-found', 'key-access-denied', 'audit-unavailable'],
    example: { request: { grants }, reply },
  },
  {
    ...about,
    method: 'DELETE',
    dryRun: true,
    operationId: 'deleteGrants',
    summary: 'Take rights on a key away',
    description: `From the grantee that is named, or from everybody. ${inForce}`,
    roles: changers,
    contract: deleteGrants,
    takes: 'parameters',
    conditional: 'optional',
    errors: ['key-not-found', 'key-access-denied', 'audit-unavailable'],
    example: { reply: { ...reply, grants: grants.slice(1) } },
  },
];
