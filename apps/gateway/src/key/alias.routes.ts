import { deleteAlias, getAlias, listAliases, putAlias } from '@ankasecure/contracts';
import { tenantRoles } from '../auth/role.js';
import { instants, pathExamples } from '../route/example.js';
import type { Route } from '../route/route.js';
import { key } from './key.example.js';

const alias = { name: pathExamples['name']?.example, keyId: key.id, changedAt: instants.created, revision: 1 };

const changes = {
  path: '/aliases/{name}',
  tag: 'Keys',
  roles: ['tenant-admin', 'application-admin'],
  right: 'manage',
  status: 200,
  etag: true,
  conditional: 'optional',
  dryRun: true,
  withinMs: 15_000,
} as const;

export const aliasRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/aliases',
    operationId: 'listAliases',
    tag: 'Keys',
    summary: 'List aliases',
    description:
      'Aliases are sorted by name. The list holds the aliases of keys the caller may see. Send the same filter with each cursor.',
    roles: tenantRoles,
    contract: listAliases,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['cursor-invalid'],
    example: { reply: { items: [alias], next: null } },
  },
  {
    method: 'GET',
    path: '/aliases/{name}',
    operationId: 'getAlias',
    tag: 'Keys',
    summary: 'Read an alias',
    roles: tenantRoles,
    right: 'view',
    contract: getAlias,
    takes: 'parameters',
    status: 200,
    etag: true,
    withinMs: 10_000,
    errors: ['alias-not-found', 'key-access-denied'],
    example: { reply: alias },
  },
  {
    ...changes,
    method: 'PUT',
    operationId: 'putAlias',
    summary: 'Create an alias or point it at another key',
    description:
      '`POST /encrypt` and `POST /sign` accept `alias` instead of `keyId`. When the answer is 200, no worker encrypts or signs under this alias with its previous key. A destroyed key cannot have an alias.',
    contract: putAlias.contract,
    takes: 'body',
    body: putAlias.body,
    errors: ['key-not-found', 'key-state'],
    example: { request: { keyId: key.id }, reply: alias },
  },
  {
    ...changes,
    method: 'DELETE',
    operationId: 'deleteAlias',
    summary: 'Delete an alias',
    contract: deleteAlias,
    takes: 'parameters',
    errors: ['alias-not-found'],
    example: { reply: alias },
  },
];
