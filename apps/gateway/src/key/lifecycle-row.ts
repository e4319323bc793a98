import { tenantRoles } from '../auth/role.js';

/** A role, or the right `manage` on the key, lets a caller change the key. Destroying it takes the role. */
export const changers = ['tenant-admin', 'application-admin', 'user'] as const;

/** What the rows that read a part of a key have in common. */
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
