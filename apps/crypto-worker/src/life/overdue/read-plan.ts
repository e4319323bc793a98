import { transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { stateAt } from '../../key/key-state.js';
import { lifecycleOf } from '../../key/key-store.js';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';
import { RotationPolicyRecord } from '../../key/record/rotation-policy.entity.js';
import { mayBegin } from '../due/may-begin.js';
import type { PlanKind, Planned } from './planned.js';

/** What the sealed record of a plan says, and what the database says of the time; times in milliseconds since the epoch. */
export interface ReadPlan {
  readonly at: number;
  readonly now: number;
  /** Whether nothing but its date holds it up: no disabled tenant, and no state in which a key does not rotate. */
  readonly mayBegin: boolean;
  /** Of a destruction. */
  readonly objectId?: Buffer;
}

/** `over`: the record plans nothing any more. `hidden`: the database does not have it. */
type Read = (manager: EntityManager, planned: Planned) => Promise<ReadPlan | 'over' | 'hidden'>;

const reads: Readonly<Record<PlanKind, Read>> = {
  destruction: async (manager, { tenantId, keyId, version }) => {
    const row = await manager.findOneBy(KeyVersionRecord, { tenantId, keyId, version });
    if (row === null) return 'hidden';
    if (row.state !== 'DESTROY_SCHEDULED' || row.destroyAt === null) return 'over';
    const now = await transactionTime(manager);
    const [at, objectId] = [row.destroyAt.getTime(), row.objectId];
    return { at, now: now.getTime(), mayBegin: await mayBegin(manager, row, now), objectId };
  },
  rotation: async (manager, { tenantId, keyId }) => {
    const policy = await manager.findOneBy(RotationPolicyRecord, { tenantId, keyId });
    if (policy === null) return 'hidden';
    if (policy.nextAt === null) return 'over';
    const newest = await manager.findOne(KeyVersionRecord, { where: { tenantId, keyId }, order: { version: 'DESC' } });
    const now = (await transactionTime(manager)).getTime();
    return {
      at: policy.nextAt.getTime(),
      now,
      mayBegin: newest !== null && stateAt(lifecycleOf(newest), now) === 'ACTIVE',
    };
  },
};

/** Reads sealed records of plans, by their keys: no list of what is due is asked. */
@Injectable()
export class PlanReader {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws AnkaError `clock-skew`; those of a record that is refused */
  read(planned: Planned): Promise<ReadPlan | 'over' | 'hidden'> {
    return withTenant(this.dataSource, planned.tenantId, (manager) => reads[planned.kind](manager, planned));
  }
}
