/** Ends the rotation under way when no older KEK is left. */
export const finishKekRotation = `
  UPDATE kek_rotation r SET finished_at = now() WHERE r.tenant_id = $1 AND r.finished_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM platform_key p WHERE p.tenant_id = $1 AND p.kind = 'kek'
      AND p.generation < r.generation AND p.destroyed_at IS NULL)
  RETURNING total`;
