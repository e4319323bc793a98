import { getKeyUsage, getKeyVersion, listKeyVersions } from '@ankasecure/contracts';
import { instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { version } from './key.example.js';
import { keyReading } from './lifecycle-row.js';

/** Routes for the versions of a key and their usage. */
export const versionRoutes: readonly Route[] = [
  {
    ...keyReading,
    path: '/keys/{id}/versions',
    operationId: 'listKeyVersions',
    summary: 'List the versions of a key',
    description: 'The current version comes first.',
    contract: listKeyVersions,
    errors: ['key-not-found', 'key-access-denied', 'cursor-invalid'],
    example: { reply: { items: [version], next: null } },
  },
  {
    ...keyReading,
    path: '/keys/{id}/versions/{version}',
    operationId: 'getKeyVersion',
    summary: 'Read a version of a key',
    contract: getKeyVersion,
    example: { reply: version },
  },
  {
    ...keyReading,
    path: '/keys/{id}/usage',
    operationId: 'getKeyUsage',
    summary: 'Read the usage of a key',
    description:
      'The newest version comes first. Counts the successful operations of each version, by operation, and gives the time of the last one. The counts are updated in the commit that records the operation.',
    contract: getKeyUsage,
    errors: ['key-not-found', 'key-access-denied', 'cursor-invalid'],
    example: {
      reply: {
        items: [
          {
            version: 1,
            lastUsedAt: instants.sealed,
            operations: [{ operation: 'sign', count: 1203, lastUsedAt: instants.sealed }],
          },
        ],
        next: null,
      },
    },
  },
];
