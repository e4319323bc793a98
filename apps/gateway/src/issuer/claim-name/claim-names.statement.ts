import type { EntityManager } from 'typeorm';

/** The unusual names under which some tenant looks for its id in the tokens of `iss`. */
export const claimNamesOf = async (manager: EntityManager, iss: string): Promise<readonly string[]> => {
  const rows = await manager.query<{ name: string }[]>('SELECT name FROM issuer_tenant_claims($1) AS name', [iss]);
  return rows.map(({ name }) => name);
};
