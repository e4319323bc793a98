/** The roles that a token can assign. A role outside this list has no meaning. */
export const roles = ['platform-admin', 'tenant-admin', 'application-admin', 'user', 'auditor'] as const;
export type Role = (typeof roles)[number];
