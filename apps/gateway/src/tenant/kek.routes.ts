import { getKek, rotateKek } from '@ankasecure/contracts';
import { z } from 'zod';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const kek = {
  tenantId: ids.tenant,
  generation: 2,
  state: 'rotating',
  total: 1200,
  done: 350,
  failed: 1,
  failures: [{ keyId: ids.encryptionKey, version: 1, code: 'key-blob-refused' }],
  startedAt: instants.created,
  finishedAt: null,
};

const nothing = z.strictObject({}).meta({ id: 'RotateKek' });

export const kekRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/tenants/{tenant}/kek/rotate',
    operationId: 'rotateKek',
    tag: 'Tenants',
    summary: 'Rotate a tenant’s key-encryption key',
    description:
      'A new KEK is made in the HSM before the answer and wraps every new key. Keys that are wrapped already are wrapped again inside the HSM, page by page, by whichever worker is there; the old KEK is destroyed after the last of them. While a rotation is under way, no other begins and its progress is answered.',
    roles: ['platform-admin', 'tenant-admin'],
    contract: rotateKek,
    takes: 'body',
    body: nothing,
    status: 200,
    dryRun: true,
    withinMs: 60_000,
    errors: ['tenant-mismatch', 'hsm-unavailable', 'hsm-timeout', 'hsm-error', 'audit-unavailable'],
    example: { request: {}, reply: kek },
  },
  {
    method: 'GET',
    path: '/tenants/{tenant}/kek',
    operationId: 'getKek',
    tag: 'Tenants',
    summary: 'Read how far the rotation of a tenant’s key-encryption key is',
    description:
      'A key that cannot be wrapped again keeps the old KEK and so the rotation open; it is tried again and again. `key-blob-refused` means that what is stored is not what was recorded: bring the key’s row back from a backup of the database, or destroy the key, and the rotation goes on to its end. Any other code is the HSM’s.',
    roles: ['platform-admin', 'tenant-admin', 'auditor'],
    contract: getKek,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['tenant-mismatch'],
    example: { reply: kek },
  },
];
