import { Outbox, PARTS, type Parts } from '@ankasecure/service-kit';
import { type FactoryProvider, Module, type Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeGrants } from './access/change-grants.js';
import { ComputeMac } from './audit-mac/compute-mac.js';
import { PlatformKeys } from './audit-mac/platform-key.js';
import { servedPartition, type WorkerConfig } from './config.js';
import { CUSTODY, openCustody } from './custody/custody.provider.js';
import { StepAside } from './group/step-aside.js';
import { WellWorkers } from './group/well-worker.js';
import { CreateKey } from './key/create-key.js';
import { GcmReservation } from './key/gcm-reservation.js';
import { Intents } from './key/intent.js';
import { KeyStore } from './key/key-store.js';
import { Lease } from './key/lease.js';
import { ListAlgorithm } from './key/list-algorithm.js';
import { ObjectMaker } from './key/make-object.js';
import { ReadKey } from './key/read-key.js';
import { Reconciler } from './key/reconcile.js';
import { RunOperation } from './operation/run-operation.js';
import { GroupCommit } from './outcome/group-commit.js';
import { ApplyPolicy } from './policy/apply-policy.js';
import { EnforcedPolicies } from './policy/enforced-policy.js';
import { SignToken } from './token/sign-token.js';
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
  providers: [
    { provide: CUSTODY, inject: [PARTS], useFactory: openCustody },
    made(
      Outbox,
      [PARTS],
      ({ dataSource, bus, log, config }: WorkerParts) =>
        new Outbox('crypto-worker', dataSource, bus, log, { capacity: config.outbox.capacity, batch: 256 }),
    ),
    made(
      GroupCommit,
      [PARTS, Outbox],
      ({ config, log }: WorkerParts, outbox: Outbox) => new GroupCommit(config.database, outbox, log),
    ),
    made(EnforcedPolicies, [DataSource], (dataSource: DataSource) => new EnforcedPolicies(dataSource)),
    made(KeyStore, [DataSource], (dataSource: DataSource) => new KeyStore(dataSource)),
    made(GcmReservation, [DataSource], (dataSource: DataSource) => new GcmReservation(dataSource)),
    made(Lease, [PARTS], ({ config, log }: WorkerParts) => new Lease(config.database, log)),
    made(
      Intents,
      [PARTS, Lease],
      ({ dataSource, config }: WorkerParts, lease: Lease) => new Intents(dataSource, config.partition, lease),
    ),
    made(
      ObjectMaker,
      [PARTS, CUSTODY, Intents, Outbox],
      ({ dataSource, log }: WorkerParts, ...rest: [never, Intents, Outbox]) =>
        new ObjectMaker(dataSource, ...rest, log),
    ),
    made(
      Reconciler,
      [PARTS, CUSTODY, Intents, Lease, Outbox],
      ({ dataSource, log }: WorkerParts, ...rest: [never, Intents, Lease, Outbox]) =>
        new Reconciler(dataSource, ...rest, log),
    ),
    made(
      PlatformKeys,
      [PARTS, CUSTODY, ObjectMaker],
      ({ dataSource, config }: WorkerParts, custody: never, maker: ObjectMaker) =>
        new PlatformKeys(dataSource, custody, maker, config.partition, servedPartition(config).kekLabelPrefix),
    ),
    made(
      ComputeMac,
      [PARTS, CUSTODY, PlatformKeys],
      ({ config }: WorkerParts, custody: never, keys: PlatformKeys) =>
        new ComputeMac(custody, keys, config.auditMac.mode),
    ),
    made(SignToken, [CUSTODY, PlatformKeys], (custody: never, keys: PlatformKeys) => new SignToken(custody, keys)),
    made(
      ApplyPolicy,
      [DataSource, PlatformKeys, EnforcedPolicies],
      (...parts: ConstructorParameters<typeof ApplyPolicy>) => new ApplyPolicy(...parts),
    ),
    made(
      CreateKey,
      [PARTS, CUSTODY, ObjectMaker, EnforcedPolicies, GroupCommit],
      ({ dataSource, config }: WorkerParts, ...rest: [never, ObjectMaker, EnforcedPolicies, GroupCommit]) =>
        new CreateKey(dataSource, ...rest, config.partition),
    ),
    made(
      ChangeGrants,
      [DataSource, KeyStore, GroupCommit, Outbox],
      (...parts: ConstructorParameters<typeof ChangeGrants>) => new ChangeGrants(...parts),
    ),
    made(
      ReadKey,
      [PARTS, CUSTODY],
      ({ dataSource, config }: WorkerParts, custody: never) => new ReadKey(dataSource, custody, config.cursorSecret),
    ),
    made(
      ListAlgorithm,
      [PARTS, CUSTODY, EnforcedPolicies],
      ({ config }: WorkerParts, custody: never, policies: EnforcedPolicies) =>
        new ListAlgorithm(custody, policies, config.partition, servedPartition(config).cmvp),
    ),
    made(
      RunOperation,
      [CUSTODY, GcmReservation, KeyStore, EnforcedPolicies, GroupCommit, Outbox],
      (custody: never, gcm: GcmReservation, ...rest: [KeyStore, EnforcedPolicies, GroupCommit, Outbox]) =>
        new RunOperation({ custody, gcm }, ...rest),
    ),
    made(
      StepAside,
      [PARTS, CUSTODY],
      ({ config, log }: WorkerParts, custody: never) =>
        new StepAside(custody, new WellWorkers(config.database, config.partition, log), log),
    ),
    Worker,
  ],
})
export class WorkerModule {}
