import {
  ConfigModule,
  CursorSeal,
  cursorSecret,
  integer,
  partitionName,
  provided,
  serviceConfig,
} from '@ankasecure/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { z } from 'zod';
import { AuditMacConfig, auditMacConfig } from './audit-mac/audit-mac.config.js';
import { CheckpointConfig, checkpointConfig, defaultDeployment } from './checkpoint/checkpoint.config.js';
import { FingerprintKey } from './custody/assembly/refused-pins.js';
import { Partition, type Pkcs11Section, pkcs11Section, unknownPartition } from './custody/partition.js';
import { BackupConfig, backupConfig, defaultHorizon } from './kek/retirement/backup.config.js';
import { LifecycleConfig, lifecycleConfig } from './life/lifecycle.config.js';
import { QuotaConfig, quotaConfig } from './quota/quota.config.js';

export const workerConfig = z
  .strictObject({
    ...serviceConfig.shape,
    cursorSecret,
    /** The HSM partition this process serves; `default` is the `hsm.pkcs11` block. */
    partition: partitionName.default('default'),
    hsm: z.strictObject({
      pkcs11: pkcs11Section.optional(),
      partitions: z.record(partitionName, pkcs11Section).default({}),
    }),
    auditMac: auditMacConfig.default({ mode: 'day-key' }),
    checkpoint: checkpointConfig.default({ deployment: defaultDeployment }),
    lifecycle: lifecycleConfig.default({ minimumWaitingDays: 7 }),
    backup: backupConfig.default({ horizon: defaultHorizon }),
    /** If absent, only the HSM limits the tenants. */
    quota: quotaConfig.default({ tenants: [] }),
    outbox: z.strictObject({ capacity: integer(1, 10_000_000).default(200_000) }).default({ capacity: 200_000 }),
  })
  .superRefine((config, issue) => {
    if (partitionOf(config) === undefined)
      issue.addIssue({ code: 'custom', path: ['partition'], message: unknownPartition(configured(config.hsm)) });
  });
export type WorkerConfig = z.infer<typeof workerConfig>;

const configured = ({ pkcs11, partitions }: { pkcs11?: unknown; partitions: Record<string, unknown> }): string[] => [
  ...(pkcs11 === undefined ? [] : ['default']),
  ...Object.keys(partitions),
];

const partitionOf = (config: {
  partition: string;
  hsm: { pkcs11?: Pkcs11Section | undefined; partitions: Record<string, Pkcs11Section> };
}) => (config.partition === 'default' ? config.hsm.pkcs11 : config.hsm.partitions[config.partition]);

/** The HSM partition that this process serves. */
export const servedPartition = (config: WorkerConfig): Partition =>
  new Partition(config.partition, partitionOf(config) as Pkcs11Section);

/** Offers the sections of the configuration to every module, each by its class. */
export const configSections = (config: WorkerConfig): DynamicModule =>
  ConfigModule.of(
    provided(Partition, servedPartition(config)),
    provided(CursorSeal, new CursorSeal(config.cursorSecret)),
    provided(FingerprintKey, new FingerprintKey(config.cursorSecret)),
    provided(QuotaConfig, config.quota),
    provided(LifecycleConfig, config.lifecycle),
    provided(AuditMacConfig, config.auditMac),
    provided(CheckpointConfig, config.checkpoint),
    provided(BackupConfig, config.backup),
  );
