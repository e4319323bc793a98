import { uuid } from '@ankasecure/contracts';

/** The client id names the tenant and the account, so an account is looked up in its own tenant only. */
export const clientIdOf = (tenantId: string, id: string): string => `${tenantId}.${id}`;

/** @returns undefined for a text that is no client id of the gateway */
export const parseClientId = (clientId: string): { tenantId: string; id: string } | undefined => {
  const [tenant, account, ...more] = clientId.split('.');
  const [tenantId, id] = [uuid.safeParse(tenant).data, uuid.safeParse(account).data];
  return more.length > 0 || tenantId === undefined || id === undefined ? undefined : { tenantId, id };
};
