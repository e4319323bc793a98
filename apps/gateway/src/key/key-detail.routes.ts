import { editKey, getPublicKey } from '@ankasecure/contracts';
import type { Route } from '../route/route.js';
import { key } from './key.example.js';
import { changers, keyReading } from './lifecycle-row.js';

/** Routes for a key's public key, label, description and metadata. */
export const keyDetailRoutes: readonly Route[] = [
  {
    ...keyReading,
    tag: 'Keys',
    path: '/keys/{id}/public-key',
    operationId: 'getPublicKey',
    summary: 'Read a public key',
    description: 'Returns the public key of the current version, or of `version`, as a JWK (RFC 7517) and as PEM.',
    contract: getPublicKey,
    errors: ['key-not-found', 'key-access-denied', 'purpose-mismatch'],
    example: { reply: { keyId: key.id, version: 1, ...key.publicKey } },
  },
  {
    ...keyReading,
    tag: 'Keys',
    method: 'PATCH',
    path: '/keys/{id}',
    operationId: 'editKey',
    summary: 'Update a key’s label, description or metadata',
    description: 'Fields that are left out keep their values. Purge protection can be switched on here, but not off.',
    roles: changers,
    right: 'manage',
    contract: editKey.contract,
    takes: 'body',
    body: editKey.body,
    etag: true,
    conditional: true,
    dryRun: true,
    errors: ['key-not-found', 'key-state', 'policy-refused'],
    example: {
      request: { label: 'invoice signing', metadata: { owner: 'payments' } },
      reply: { ...key, metadata: { owner: 'payments' }, revision: 2 },
    },
  },
];
