import type { DataSource } from 'typeorm';

/** A rotation of a tenant's KEK that is not finished. */
export interface OpenRotation {
  readonly tenantId: string;
  /** The generation that keys are wrapped under from now on. */
  readonly generation: number;
  readonly startedBy: string;
  readonly correlationId: string;
}

/** Reads the open rotations of all tenants of a partition. The function looks past row-level security. */
export const openRotations = (dataSource: DataSource, partition: string): Promise<OpenRotation[]> =>
  dataSource.query<OpenRotation[]>(
    `SELECT tenant_id AS "tenantId", generation, started_by AS "startedBy", correlation_id AS "correlationId"
     FROM open_kek_rotations($1)`,
    [partition],
  );
