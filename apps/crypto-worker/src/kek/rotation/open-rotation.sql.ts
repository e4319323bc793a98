import type { DataSource } from 'typeorm';

/** An unfinished rotation of a tenant's KEK. */
export interface OpenRotation {
  readonly tenantId: string;
  /** The generation that wraps keys from now on. */
  readonly generation: number;
  readonly startedBy: string;
  readonly correlationId: string;
}

/** Reads the open rotations of a partition for all tenants. The function bypasses row-level security. */
export const openRotations = (dataSource: DataSource, partition: string): Promise<OpenRotation[]> =>
  dataSource.query<OpenRotation[]>(
    `SELECT tenant_id AS "tenantId", generation, started_by AS "startedBy", correlation_id AS "correlationId"
     FROM open_kek_rotations($1)`,
    [partition],
  );
