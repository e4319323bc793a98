import { tenantRoles } from '../auth/role.js';

/** The callers who can change a key, by their role or by the right `manage` on the key. A destruction needs a role. */
export const changers = ['tenant-admin', 'application-admin', 'user'] as const;

/** The common part of rows that read a part of a key. */
export const keyReading = {
  method: 'GET',
  tag: 'Lifecycle',
  roles: tenantRoles,
  right: 'view',
  takes: 'parameters',
  status: 200,
  unknownId: 'key-not-found',
  withinMs: 10_000,
  errors: ['key-not-found', 'key-access-denied'],
} as const;
