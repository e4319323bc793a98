import { Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AccessTokenModule } from './access-token/access-token.module.js';
import { AliasModule } from './alias/alias.module.js';
import { AnchorModule } from './anchor/anchor.module.js';
import { AuditMacModule } from './audit-mac/audit-mac.module.js';
import { CertificateModule } from './certificate/certificate.module.js';
import { CheckpointModule } from './checkpoint/checkpoint.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { GrantModule } from './grant/grant.module.js';
import { GroupModule } from './group/group.module.js';
import { StepAside } from './group/step-aside.js';
import { HsmModule } from './hsm/hsm.module.js';
import { KekModule } from './kek/kek.module.js';
import { LifeModule } from './life/life.module.js';
import { GroupCommitModule } from './outcome/group-commit.module.js';
import { PolicyChangeModule } from './policy-change/policy-change.module.js';
import { RecordModule } from './record/record.module.js';
import { RestoreModule } from './restore/restore.module.js';

/**
 * The worker: the rooms that serve contracts, and through their imports every room below them.
 *
 * Nest starts rooms from the ground up and stops them from the top down, so each part starts after the parts that it needs and
 * stops before them:
 *
 * 1. Start: the token opens, records of an older release are sealed and the outbox starts; then the worker listens for changed keys and ends what dead workers left
 *    behind; then background rounds begin and the worker joins its group; then the bus delivers requests.
 * 2. Stop: no new requests, and those in flight finish; the worker leaves its group and no new rounds begin; the token closes;
 *    rounds under way end; the outcome connection, the lease and the outbox end.
 */
@Module({
  imports: [
    AccessTokenModule,
    AliasModule,
    AnchorModule,
    AuditMacModule,
    CheckpointModule,
    CryptoModule,
    GrantModule,
    CertificateModule,
    GroupCommitModule,
    GroupModule,
    HsmModule,
    KekModule,
    LifeModule,
    PolicyChangeModule,
    RecordModule,
    RestoreModule,
  ],
})
export class WorkerModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly stepAside: StepAside) {}

  /** The root starts last: a worker counts as healthy only when it is about to serve. */
  onApplicationBootstrap(): void {
    this.stepAside.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stepAside.stop();
  }
}
