import type { EntityManager } from 'typeorm';
import type { KeyVersion } from '../key/key-version.js';
import { UseReservationRecord } from './use-reservation.entity.js';

type Place = Pick<KeyVersion, 'tenantId' | 'keyId' | 'version'>;

/** Adds a block to the invocations of AES-GCM that are reserved of a version. @returns false where `limit` does not allow it */
export const reserveInvocations = async (
  manager: EntityManager,
  { tenantId, keyId, version }: Place,
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

/** Locks the reservations of a version, which begin at none, until the transaction ends. */
export const lockUses = async (manager: EntityManager, place: Place): Promise<UseReservationRecord> => {
  await manager
    .createQueryBuilder()
    .insert()
    .into(UseReservationRecord)
    .values({ ...place, reserved: 0 })
    .orIgnore()
    .execute();
  return manager.findOneOrFail(UseReservationRecord, { where: place, lock: { mode: 'pessimistic_write' } });
};
