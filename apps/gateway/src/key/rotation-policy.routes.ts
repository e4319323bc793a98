import { deleteRotationPolicy, getRotationPolicy, putRotationPolicy } from '@ankasecure/contracts';
import { instants } from '../route/example.js';
import type { Route } from '../route/route.js';
import { rotationPolicy } from './key.example.js';
import { changers, keyReading } from './lifecycle-row.js';

/** Routes for a key's automatic rotation. */
export const rotationPolicyRoutes: readonly Route[] = [
  {
    ...keyReading,
    path: '/keys/{id}/rotation-policy',
    operationId: 'getRotationPolicy',
    summary: 'Read the rotation policy of a key',
    description: 'The answer is `key-not-found` if the key has no rotation policy.',
    contract: getRotationPolicy,
    etag: true,
    example: { reply: rotationPolicy },
  },
  {
    ...keyReading,
    method: 'PUT',
    path: '/keys/{id}/rotation-policy',
    operationId: 'putRotationPolicy',
    summary: 'Set the rotation policy of a key',
    description:
      'The key rotates by date, by use, or both. Each date causes exactly one rotation, even if workers fail; several missed dates cause one rotation. A version never encrypts or signs more than `maxUses` times: the call that finds it used up rotates the key first. Only an ACTIVE version is rotated automatically. A key that is destroyed or scheduled for destruction cannot have a rotation policy.',
    roles: changers,
    right: 'manage',
    contract: putRotationPolicy.contract,
    takes: 'body',
    body: putRotationPolicy.body,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    errors: ['key-not-found', 'key-state', 'policy-refused', 'purpose-mismatch'],
    example: { request: { interval: 'P90D', at: instants.later, maxUses: 1_000_000 }, reply: rotationPolicy },
  },
  {
    ...keyReading,
    method: 'DELETE',
    path: '/keys/{id}/rotation-policy',
    operationId: 'deleteRotationPolicy',
    summary: 'Delete the rotation policy of a key',
    description: 'The reply is the deleted rotation policy.',
    roles: changers,
    right: 'manage',
    contract: deleteRotationPolicy,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    example: { reply: rotationPolicy },
  },
];
