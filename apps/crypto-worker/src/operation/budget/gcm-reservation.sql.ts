import type { EntityManager } from 'typeorm';
import type { KeyVersion } from '../../key/key-version.js';

/**
 * Adds `block` invocations to the reservation of a key version, in one statement.
 * @returns false if that would exceed `limit`
 */
export const reserveInvocations = async (
  manager: EntityManager,
  { tenantId, keyId, version }: KeyVersion,
  block: number,
  limit: number,
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO gcm_reservation AS held (tenant_id, key_id, version, reserved) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, key_id, version) DO UPDATE SET reserved = held.reserved + excluded.reserved
     WHERE held.reserved + excluded.reserved <= $5 RETURNING reserved`,
    [tenantId, keyId, version, block, limit],
  );
  return rows.length === 1;
};
