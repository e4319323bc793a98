/** What a token may call its bearer. A role outside this list means nothing here. */
export const roles = ['platform-admin', 'tenant-admin', 'application-admin', 'user', 'auditor'] as const;
export type Role = (typeof roles)[number];
