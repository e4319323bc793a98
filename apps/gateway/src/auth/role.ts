/** What a token may call its bearer. A role outside this list means nothing here. */
export const roles = ['platform-admin', 'tenant-admin', 'application-admin', 'user', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Every role inside a tenant. */
export const tenantRoles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const satisfies readonly Role[];

export const isRole = (name: string): name is Role => roles.some((role) => role === name);
