/**
 * Moves one version to a state, with its dates, its revocation and its scheduled destruction. Parameters: tenant, key,
 * version, state, a revocation's reason, message and time (or null), the date of destruction (or null), principal.
 */
export const moveVersion = `
  UPDATE key_version SET state = $4, revision = revision + 1,
    activate_at = CASE WHEN $4 = 'ACTIVE' AND state = 'PRE_ACTIVE' THEN now() ELSE activate_at END,
    deactivate_at = CASE WHEN $4 = 'DEACTIVATED' THEN least(deactivate_at, now()) ELSE deactivate_at END,
    revocation_reason = coalesce($5, revocation_reason),
    revocation_message = CASE WHEN $5 IS NULL THEN revocation_message ELSE $6 END,
    revocation_occurred_at = CASE WHEN $5 IS NULL THEN revocation_occurred_at ELSE $7::timestamptz END,
    destroy_at = $8, destroy_waiting_days = round(extract(epoch FROM $8::timestamptz - now()) / 86400),
    destroy_scheduled_by = CASE WHEN $8::timestamptz IS NULL THEN NULL ELSE $9 END
  WHERE tenant_id = $1 AND key_id = $2 AND version = $3`;
