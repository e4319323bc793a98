import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyModule } from '../key/key.module.js';
import { MakingModule } from '../making/making.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { AttemptItem } from './attempt-item.js';
import { GcmReservation } from './budget/gcm-reservation.js';
import { UseBudget } from './budget/use-budget.js';
import { RunOperation } from './run-operation.js';

/** Uses keys, one at a time, and commits the outcome of each use. */
@Module({
  imports: [CustodyModule, KeyModule, MakingModule, PolicyModule, QuotaModule],
  providers: [GcmReservation, UseBudget, AttemptItem, RunOperation],
  exports: [AttemptItem, RunOperation],
})
export class OperationModule {}
