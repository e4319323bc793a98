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
  retired: [],
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
      'The HSM generates a new KEK before the answer is sent; it wraps every new key from then on. Workers then rewrap existing keys inside the HSM, page by page, and retire the old KEK after the last one. A retired KEK stays in the HSM, unused, for as long as backups are kept (`ankasecure.backup.horizon`, 35 days by default): a database restored from one needs it. If a rotation is already running, no other starts, and the reply shows its progress.',
    roles: ['platform-admin', 'tenant-admin'],
    contract: rotateKek,
    takes: 'body',
    body: nothing,
    status: 200,
    dryRun: true,
    withinMs: 60_000,
    errors: [
      'tenant-mismatch',
      'hsm-unavailable',
      'hsm-timeout',
      'hsm-error',
      'platform-key-unrecorded',
      'audit-unavailable',
    ],
    example: { request: {}, reply: kek },
  },
  {
    method: 'GET',
    path: '/tenants/{tenant}/kek',
    operationId: 'getKek',
    tag: 'Tenants',
    summary: 'Read the state of a tenant’s key-encryption key',
    description:
      'A key that cannot be rewrapped is retried; until it succeeds, the old KEK stays in use and the rotation stays open. `key-blob-refused` means that the stored key does not match its record: restore the key’s row from a database backup or destroy the key, and the rotation completes. Any other code comes from the HSM.',
    roles: ['platform-admin', 'tenant-admin', 'auditor'],
    contract: getKek,
    takes: 'parameters',
    status: 200,
    withinMs: 10_000,
    errors: ['tenant-mismatch'],
    example: { reply: kek },
  },
];
