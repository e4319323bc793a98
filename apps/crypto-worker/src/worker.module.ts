import { Outbox, PARTS, type Parts } from '@ankasecure/service-kit';
import { type FactoryProvider, Module, type Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SignToken } from './access-token/sign-token.js';
import { KeyAliases } from './alias/key-alias.js';
import { ComputeMac } from './audit-mac/compute-mac.js';
import type { WorkerConfig } from './config.js';
import { Custody } from './custody/custody.js';
import { CustodyModule } from './custody/custody.module.js';
import { ChangeGrants } from './grant/change-grants.js';
import { StepAside } from './group/step-aside.js';
import { WellWorkers } from './group/well-worker.js';
import { DestroyOldKeks } from './kek/destroy-old-kek.js';
import { ReadKek } from './kek/read-kek.js';
import { RewrapKeys } from './kek/rewrap-keys.js';
import { RewrapPage } from './kek/rewrap-page.js';
import { RotateKek } from './kek/rotate-kek.js';
import { ReadKeySet } from './key/key-set.js';
import { KeyStore } from './key/key-store.js';
import { ReadUsage } from './key/key-usage.js';
import { ReadKey } from './key/read-key.js';
import { Lease } from './lease/lease.js';
import { ChangeState } from './life/change-state.js';
import { DestroyDue } from './life/destroy-due.js';
import { EditKey } from './life/edit-key.js';
import { ForgetUnwrapped } from './life/forget-unwrapped.js';
import { Reconciler } from './life/reconcile.js';
import { RotateDue } from './life/rotate-due.js';
import { RotationPolicies } from './life/rotation-policy.js';
import { CreateKey } from './making/create-key.js';
import { ImportKey } from './making/import-key.js';
import { KeyRoom } from './making/key-room.js';
import { VersionMaker } from './making/make-version.js';
import { RotateKey } from './making/rotate-key.js';
import { ObjectDestroyer } from './object/destroy-object.js';
import { Intents } from './object/intent.js';
import { ObjectMaker } from './object/make-object.js';
import { AttemptItem } from './operation/attempt-item.js';
import { GcmReservation } from './operation/gcm-reservation.js';
import { RunOperation } from './operation/run-operation.js';
import { UseBudget } from './operation/use-budget.js';
import { GroupCommit } from './outcome/group-commit.js';
import { KeyActionRunner } from './outcome/key-action.js';
import { KeyMakingRunner } from './outcome/key-making.js';
import { PlatformKeys } from './platform-key/platform-key.js';
import { EnforcedPolicies } from './policy/enforced-policy.js';
import { EvaluatePolicy } from './policy/evaluate-policy.js';
import { ListAlgorithm } from './policy/list-algorithm.js';
import { ApplyPolicy } from './policy-change/apply-policy.js';
import { EvaluateChange } from './policy-change/evaluate-change.js';
import { Quotas } from './quota/quotas.js';
import { Worker } from './worker.js';

type WorkerParts = Parts<WorkerConfig>;

/** A provider whose factory gets exactly what it names, in order. */
const made = <Made>(
  provide: Type<Made>,
  inject: FactoryProvider['inject'],
  useFactory: (...parts: never[]) => Made,
): FactoryProvider => ({
  provide,
  inject: inject ?? [],
  useFactory,
});

@Module({
  imports: [CustodyModule],
  providers: [
    GroupCommit,
    EnforcedPolicies,
    made(KeyStore, [DataSource], (dataSource: DataSource) => new KeyStore(dataSource)),
    Quotas,
    GcmReservation,
    made(Lease, [PARTS], ({ config, log }: WorkerParts) => new Lease(config.database, log)),
    made(
      Intents,
      [PARTS, Lease],
      ({ dataSource, config }: WorkerParts, lease: Lease) => new Intents(dataSource, config.partition, lease),
    ),
    made(
      ObjectMaker,
      [PARTS, Custody, Intents, Outbox],
      ({ dataSource, log }: WorkerParts, ...rest: [never, Intents, Outbox]) =>
        new ObjectMaker(dataSource, ...rest, log),
    ),
    made(
      ObjectDestroyer,
      [DataSource, Custody, Intents, Outbox],
      (...parts: ConstructorParameters<typeof ObjectDestroyer>) => new ObjectDestroyer(...parts),
    ),
    made(
      DestroyDue,
      [PARTS, Custody, Intents, ObjectDestroyer],
      ({ dataSource, log }: WorkerParts, ...rest: [never, Intents, ObjectDestroyer]) =>
        new DestroyDue(dataSource, ...rest, log),
    ),
    made(
      Reconciler,
      [PARTS, Custody, Intents, Lease, ObjectDestroyer],
      ({ dataSource, log }: WorkerParts, ...rest: [never, Intents, Lease, ObjectDestroyer]) =>
        new Reconciler(dataSource, ...rest, log),
    ),
    PlatformKeys,
    ComputeMac,
    SignToken,
    ApplyPolicy,
    EvaluateChange,
    EvaluatePolicy,
    KeyActionRunner,
    KeyMakingRunner,
    KeyRoom,
    VersionMaker,
    CreateKey,
    ChangeGrants,
    made(
      ForgetUnwrapped,
      [PARTS, Custody, KeyStore],
      ({ config, log }: WorkerParts, ...rest: [never, KeyStore]) => new ForgetUnwrapped(config.database, ...rest, log),
    ),
    ChangeState,
    made(
      RotateDue,
      [PARTS, Custody, Lease, RotateKey],
      ({ dataSource, log }: WorkerParts, ...rest: [never, Lease, RotateKey]) => new RotateDue(dataSource, ...rest, log),
    ),
    UseBudget,
    RotationPolicies,
    EditKey,
    made(
      KeyAliases,
      [PARTS, KeyActionRunner],
      ({ dataSource, config }: WorkerParts, actions: KeyActionRunner) =>
        new KeyAliases(dataSource, actions, config.cursorSecret),
    ),
    made(ReadKeySet, [DataSource], (dataSource: DataSource) => new ReadKeySet(dataSource)),
    made(ReadUsage, [DataSource], (dataSource: DataSource) => new ReadUsage(dataSource)),
    RotateKey,
    made(
      ReadKey,
      [PARTS, Custody],
      ({ dataSource, config }: WorkerParts, custody: never) => new ReadKey(dataSource, custody, config.cursorSecret),
    ),
    ListAlgorithm,
    ImportKey,
    ReadKek,
    RotateKek,
    RewrapPage,
    DestroyOldKeks,
    RewrapKeys,
    AttemptItem,
    RunOperation,
    WellWorkers,
    StepAside,
    Worker,
  ],
})
export class WorkerModule {}
