import type { compareEnforced } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';

type Held = z.infer<typeof compareEnforced.request>['held'];

/** The tenants of this partition whose enforced revision seems to differ from what the policy service holds. It is a hint: no seal is checked. */
export const tenantsEnforcingOtherwise = async (dataSource: DataSource, held: Held): Promise<readonly string[]> => {
  const rows = await dataSource.query<{ tenantId: string }[]>(
    'SELECT tenants_enforcing_otherwise($1, $2, $3) AS "tenantId"',
    [held.map(({ tenantId }) => tenantId), held.map(({ inForce }) => inForce), held.map(({ newest }) => newest)],
  );
  return rows.map(({ tenantId }) => tenantId);
};
