import type { Policy } from '@ankasecure/contracts';
import type { Rig } from '../harness/rig.js';

export type PolicyChange = Pick<Policy, 'allowedAlgorithms' | 'fipsOnly'>;

/** An outcome or a change, as PostgreSQL committed it. Times are commit times in microseconds since the epoch. */
export interface CommittedRow {
  readonly at: number;
}
export interface CommittedSuccess extends CommittedRow {
  readonly correlationId: string;
}
/** A revision of a policy or of a key version, and whether it allows the operation. */
export interface CommittedChange extends CommittedRow {
  readonly revision: number;
  readonly allows: boolean;
}

/**
 * Records which transaction wrote each outcome, policy and key version, in the test's own tables beside the worker's. Outcomes leave
 * the outbox once they are sealed, and the order of commits is stored nowhere else. Requires `track_commit_timestamp`.
 */
export const observe = async (rig: Rig): Promise<void> => {
  await rig.query(
    'ankadb_keys',
    `CREATE TABLE observed_outcome (xid xid NOT NULL, events text NOT NULL);
     CREATE TABLE observed_policy (xid xid NOT NULL, tenant_id uuid NOT NULL, revision integer NOT NULL, document jsonb NOT NULL);
     CREATE TABLE observed_version (xid xid NOT NULL, key_id uuid NOT NULL, revision integer NOT NULL, state text NOT NULL);
     CREATE FUNCTION observe_outcome() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN INSERT INTO observed_outcome VALUES (pg_current_xact_id()::xid, NEW.events); RETURN NULL; END $$;
     CREATE FUNCTION observe_policy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN INSERT INTO observed_policy VALUES (pg_current_xact_id()::xid, NEW.tenant_id, NEW.revision, NEW.document); RETURN NULL; END $$;
     CREATE FUNCTION observe_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN INSERT INTO observed_version VALUES (pg_current_xact_id()::xid, NEW.key_id, NEW.revision, NEW.state); RETURN NULL; END $$;
     CREATE TRIGGER observe AFTER INSERT OR UPDATE ON key_version FOR EACH ROW EXECUTE FUNCTION observe_version();
     CREATE TRIGGER observe AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION observe_outcome();
     CREATE TRIGGER observe AFTER INSERT OR UPDATE ON tenant_policy FOR EACH ROW EXECUTE FUNCTION observe_policy();`,
  );
};

const committedAt = '(extract(epoch FROM pg_xact_commit_timestamp(xid)) * 1000000)::bigint AS at';

/** The successful outcomes of a tenant. @param operation as events name it */
export const committedSuccesses = async (
  rig: Rig,
  tenantId: string,
  operation: string,
): Promise<CommittedSuccess[]> => {
  const rows = await rig.query(
    'ankadb_keys',
    `SELECT ${committedAt}, event->>'correlationId' AS "correlationId"
     FROM observed_outcome, jsonb_array_elements(events::jsonb) AS event
     WHERE event->>'tenantId' = $1 AND event->>'operation' = $2 AND event->>'outcome' = 'success'`,
    [tenantId, operation],
  );
  return rows.map((row) => ({ at: Number(row['at']), correlationId: String(row['correlationId']) }));
};

/** The policies of a tenant, oldest first. @param allows whether a policy allows the operation */
export const committedPolicies = async (
  rig: Rig,
  tenantId: string,
  allows: (document: PolicyChange) => boolean,
): Promise<CommittedChange[]> => {
  const rows = await rig.query(
    'ankadb_keys',
    `SELECT ${committedAt}, revision, document FROM observed_policy WHERE tenant_id = $1 ORDER BY revision`,
    [tenantId],
  );
  return rows.map((row) => ({
    at: Number(row['at']),
    revision: Number(row['revision']),
    allows: allows(row['document'] as PolicyChange),
  }));
};

/** The revisions of a key with one version, oldest first. Only an active version signs. */
export const committedStates = async (rig: Rig, keyId: string): Promise<CommittedChange[]> => {
  const rows = await rig.query(
    'ankadb_keys',
    `SELECT ${committedAt}, revision, state FROM observed_version WHERE key_id = $1 ORDER BY revision`,
    [keyId],
  );
  return rows.map((row) => ({
    at: Number(row['at']),
    revision: Number(row['revision']),
    allows: row['state'] === 'ACTIVE',
  }));
};
