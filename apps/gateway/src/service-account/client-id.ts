import { uuid } from '@ankasecure/contracts';

/** Tenant and account in one word, so that an account is looked for in its own tenant only. */
export const clientIdOf = (tenantId: string, id: string): string => `${tenantId}.${id}`;

/** @returns undefined for anything that is no client id of the gateway */
export const parseClientId = (clientId: string): { tenantId: string; id: string } | undefined => {
  const [tenantId, id, ...more] = clientId.split('.');
  return more.length === 0 && uuid.safeParse(tenantId).success && uuid.safeParse(id).success
    ? { tenantId: tenantId as string, id: id as string }
    : undefined;
};
