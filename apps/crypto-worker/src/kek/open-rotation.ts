import { type AuditEvent, type AuditedAction, auditEvent } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Partition } from '../custody/partition.js';

/** A rotation of a tenant's KEK that is not finished. */
export interface OpenRotation {
  readonly tenantId: string;
  /** The generation that keys are wrapped under from now on. */
  readonly generation: number;
  readonly startedBy: string;
  readonly correlationId: string;
}

/** The open rotations of a partition. */
@Injectable()
export class OpenRotations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  /** Reads the rotations of all tenants: the function looks past row-level security. */
  list(): Promise<OpenRotation[]> {
    return this.dataSource.query<OpenRotation[]>(
      `SELECT tenant_id AS "tenantId", generation, started_by AS "startedBy", correlation_id AS "correlationId"
       FROM open_kek_rotations($1)`,
      [this.partition.name],
    );
  }
}

/** The worker's event of a step of the rotation. @param generation the KEK that is replaced */
export const rotationEvent = (
  { tenantId, correlationId, generation: newest, startedBy }: OpenRotation,
  generation: number | null,
  { details, ...action }: AuditedAction,
): AuditEvent =>
  auditEvent(
    { tenantId, principal: 'crypto-worker', correlationId },
    { ...action, details: { ...details, generation: String(generation), replacedBy: String(newest), startedBy } },
  );
