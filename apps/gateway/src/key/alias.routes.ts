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
    summary: 'List the tenant’s names for keys',
    description: 'By name, those of keys that the caller may see. A filter must be repeated with its cursor.',
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
    summary: 'Read which key a name stands for',
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
    summary: 'Name a key, or let a name stand for another',
    description:
      'encrypt and sign take `alias` instead of `keyId`. An answer of 200 means that no worker protects by this name with the key it stood for before. A destroyed key takes no name.',
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
    summary: 'Take a name away',
    contract: deleteAlias,
    takes: 'parameters',
    errors: ['alias-not-found'],
    example: { reply: alias },
  },
];
