/** Keeps a revision as one that no later alias may have, if it is the tenant's highest. Parameters: tenant, revision. */
export const keepRevision = `
  INSERT INTO past_alias (tenant_id, last_revision) VALUES ($1, $2)
  ON CONFLICT (tenant_id) DO UPDATE SET last_revision = greatest(past_alias.last_revision, excluded.last_revision)`;
