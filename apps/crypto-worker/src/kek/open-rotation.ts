import { type AuditEvent, type AuditedAction, auditEvent } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Partition } from '../custody/partition.js';
import { type OpenRotation, openRotations } from './open-rotation.sql.js';

export type { OpenRotation } from './open-rotation.sql.js';

/** The open rotations of a partition. */
@Injectable()
export class OpenRotations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  /** Reads the rotations of all tenants. */
  list(): Promise<OpenRotation[]> {
    return openRotations(this.dataSource, this.partition.name);
  }
}

/** The worker's event for a step of the rotation. @param generation the KEK that is replaced */
export const rotationEvent = (
  { tenantId, correlationId, generation: newest, startedBy }: OpenRotation,
  generation: number | null,
  { details, ...action }: AuditedAction,
): AuditEvent =>
  auditEvent(
    { tenantId, principal: 'crypto-worker', correlationId },
    { ...action, details: { ...details, generation: String(generation), replacedBy: String(newest), startedBy } },
  );
