import { AnkaError, type Context, platformTenantId } from '@ankasecure/contracts';

/** @throws AnkaError `access-denied` */
export const assertMayChange = ({ tenantId, roles = [] }: Context): void => {
  if (tenantId === platformTenantId && !roles.includes('platform-admin'))
    throw new AnkaError(
      'access-denied',
      'A connector of the platform delivers every tenant’s events. A platform-admin changes it.',
    );
};
