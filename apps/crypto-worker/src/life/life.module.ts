import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyModule } from '../key/key.module.js';
import { LeaseModule } from '../lease/lease.module.js';
import { MakingModule } from '../making/making.module.js';
import { ObjectModule } from '../object/object.module.js';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { RecordModule } from '../record/record.module.js';
import { ChangeState } from './change-state.js';
import { DestroyDue } from './due/destroy-due.js';
import { DueDestructions } from './due/due-destruction.js';
import { DueRotations } from './due/due-rotation.js';
import { RotateDue } from './due/rotate-due.js';
import { EditKey } from './edit-key.js';
import { ForgetUnwrapped } from './forget-unwrapped.js';
import { LifeController } from './life.controller.js';
import { CarryOut } from './overdue/carry-out.js';
import { OverdueAlarm } from './overdue/overdue-alarm.js';
import { OverdueWatch } from './overdue/overdue-watch.js';
import { PlanReader } from './overdue/read-plan.js';
import { TrailPlans } from './overdue/trail-plans.js';
import { Reconciler } from './reconcile.js';
import { RotationPolicyController } from './rotation-policy.controller.js';
import { RotationPolicies } from './rotation-policy.js';

/**
 * The life of keys: changes by callers and automatic changes. Before the worker serves, it listens for changed versions and
 * has looked for the intents of dead workers. At shutdown no new round begins. The rounds under way end after the token has
 * closed, because they may wait for it.
 */
@Module({
  imports: [CustodyModule, KeyModule, LeaseModule, MakingModule, ObjectModule, OutcomeModule, RecordModule],
  controllers: [LifeController, RotationPolicyController],
  providers: [
    ChangeState,
    EditKey,
    RotationPolicies,
    DueDestructions,
    DestroyDue,
    DueRotations,
    RotateDue,
    TrailPlans,
    PlanReader,
    CarryOut,
    OverdueAlarm,
    OverdueWatch,
    ForgetUnwrapped,
    Reconciler,
  ],
})
export class LifeModule {}
