import { platformTenantId } from '@ankasecure/contracts';
import type { DataSource, EntityManager } from 'typeorm';

/** How far a connector is, as the database tells it. */
export interface StoredStatus {
  readonly seq: number;
  readonly waiting: number;
  readonly dead: number;
  readonly paused: boolean;
  readonly lastError: string | null;
  readonly retryAt: Date | null;
  readonly deliveredAt: Date | null;
}

/** Over all lanes of the connector: of one tenant's events, or of every tenant's if the platform's own tenant has it. */
export const connectorStatus = async (dataSource: DataSource, owner: string, id: string): Promise<StoredStatus> => {
  const [row] = await dataSource.query<StoredStatus[]>(
    `SELECT seq::float8 AS seq, waiting::float8 AS waiting, dead::float8 AS dead, paused, last_error AS "lastError",
       retry_at AS "retryAt", delivered_at AS "deliveredAt"
     FROM connector_status($1, $2, $3)`,
    [platformTenantId, owner, id],
  );
  if (row === undefined) throw new Error('connector_status has returned no row');
  return row;
};

/** Has a connector tried at once. */
export const wakeConnector = async (dataSource: DataSource, owner: string, id: string): Promise<void> => {
  await dataSource.query('SELECT wake_connector($1, $2, $3)', [platformTenantId, owner, id]);
};

/** Forgets how far a connector has been, and its dead letters. */
export const forgetConnector = async (manager: EntityManager, owner: string, id: string): Promise<void> => {
  await manager.query('SELECT forget_connector($1, $2, $3)', [platformTenantId, owner, id]);
};

/**
 * Takes the tenant's turn to change its connectors until the transaction ends.
 * @returns false if somebody else has it. Nobody waits: a connection of the deliveries would wait with them
 */
export const takeTurn = async (manager: EntityManager, tenantId: string): Promise<boolean> => {
  const [row] = await manager.query<{ taken: boolean }[]>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('connectors:' || $1, 0)) AS taken`,
    [tenantId],
  );
  return row?.taken === true;
};
