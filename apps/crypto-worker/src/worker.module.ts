import { Module } from '@nestjs/common';
import { SignToken } from './access-token/sign-token.js';
import { AliasModule } from './alias/alias.module.js';
import { ComputeMac } from './audit-mac/compute-mac.js';
import { CustodyModule } from './custody/custody.module.js';
import { GrantModule } from './grant/grant.module.js';
import { StepAside } from './group/step-aside.js';
import { WellWorkers } from './group/well-worker.js';
import { DestroyOldKeks } from './kek/destroy-old-kek.js';
import { ReadKek } from './kek/read-kek.js';
import { RewrapKeys } from './kek/rewrap-keys.js';
import { RewrapPage } from './kek/rewrap-page.js';
import { RotateKek } from './kek/rotate-kek.js';
import { KeyModule } from './key/key.module.js';
import { LeaseModule } from './lease/lease.module.js';
import { LifeModule } from './life/life.module.js';
import { MakingModule } from './making/making.module.js';
import { ObjectModule } from './object/object.module.js';
import { AttemptItem } from './operation/attempt-item.js';
import { GcmReservation } from './operation/gcm-reservation.js';
import { RunOperation } from './operation/run-operation.js';
import { UseBudget } from './operation/use-budget.js';
import { GroupCommitModule } from './outcome/group-commit.module.js';
import { OutcomeModule } from './outcome/outcome.module.js';
import { PlatformKeyModule } from './platform-key/platform-key.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { ApplyPolicy } from './policy-change/apply-policy.js';
import { EvaluateChange } from './policy-change/evaluate-change.js';
import { QuotaModule } from './quota/quota.module.js';
import { Worker } from './worker.js';

@Module({
  imports: [
    AliasModule,
    CustodyModule,
    GrantModule,
    GroupCommitModule,
    KeyModule,
    LeaseModule,
    LifeModule,
    MakingModule,
    ObjectModule,
    OutcomeModule,
    PlatformKeyModule,
    PolicyModule,
    QuotaModule,
  ],
  providers: [
    ComputeMac,
    SignToken,
    ApplyPolicy,
    EvaluateChange,
    ReadKek,
    RotateKek,
    RewrapPage,
    DestroyOldKeks,
    RewrapKeys,
    GcmReservation,
    UseBudget,
    AttemptItem,
    RunOperation,
    WellWorkers,
    StepAside,
    Worker,
  ],
})
export class WorkerModule {}
