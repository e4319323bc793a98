import { type AuditEvent, type AuditedAction, auditEvent } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Partition } from '../../custody/partition.js';
import { KekRotationRecord } from '../../key/record/kek-rotation.entity.js';
import { type OpenRotation, openRotations } from './open-rotation.sql.js';

export type { OpenRotation } from './open-rotation.sql.js';

/** The open rotations of a partition. */
@Injectable()
export class OpenRotations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  /** Lists the rotations of all tenants, unchecked. */
  list(): Promise<OpenRotation[]> {
    return openRotations(this.dataSource, this.partition.name);
  }

  /**
   * Reads a rotation from its sealed record. @returns undefined if it is not open. @throws AnkaError `record-forged`
   */
  async confirm({ tenantId, generation }: OpenRotation): Promise<OpenRotation | undefined> {
    const rotation = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(KekRotationRecord, { tenantId, generation, partition: this.partition.name }),
    );
    return rotation === null || rotation.finishedAt !== null ? undefined : rotation;
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
