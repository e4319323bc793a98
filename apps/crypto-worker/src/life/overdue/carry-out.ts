import { Injectable } from '@nestjs/common';
import { DestroyDue } from '../due/destroy-due.js';
import { RotateDue } from '../due/rotate-due.js';
import type { Planned } from './planned.js';
import type { ReadPlan } from './read-plan.js';

/** Carries out what is due by its sealed record, as if the database had listed it. */
@Injectable()
export class CarryOut {
  constructor(
    private readonly destroyDue: DestroyDue,
    private readonly rotateDue: RotateDue,
  ) {}

  async carryOut({ tenantId, keyId, version }: Planned, { at, objectId }: ReadPlan): Promise<void> {
    if (objectId !== undefined) await this.destroyDue.carryOut({ tenantId, keyId, version, objectId });
    else await this.rotateDue.carryOut({ tenantId, keyId, nextAt: new Date(at) });
  }
}
