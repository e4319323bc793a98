import { type Role, roles } from '@ankasecure/contracts';

export { type Role, roles };

/** Every role inside a tenant. */
export const tenantRoles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const satisfies readonly Role[];

export const isRole = (name: string): name is Role => roles.some((role) => role === name);
