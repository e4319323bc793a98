import { cursorSecret, integer, partitionName, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';
import { Partition, type Pkcs11Section, pkcs11Section } from './custody/partition.js';
import { quotaConfig } from './quota/quota.config.js';

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
    auditMac: z.strictObject({ mode: z.enum(['day-key', 'hsm']).default('day-key') }).default({ mode: 'day-key' }),
    lifecycle: z
      .strictObject({
        /** Least days between the order to destroy a key and its destruction. */
        minimumWaitingDays: integer(0, 30).default(7),
      })
      .default({ minimumWaitingDays: 7 }),
    /** Without it tenants are bounded by nothing but the HSM. */
    quota: quotaConfig.default({ tenants: [] }),
    outbox: z.strictObject({ capacity: integer(1, 10_000_000).default(200_000) }).default({ capacity: 200_000 }),
  })
  .superRefine((config, issue) => {
    if (partitionOf(config) === undefined)
      issue.addIssue({ code: 'custom', path: ['partition'], message: 'must name a configured HSM partition' });
  });
export type WorkerConfig = z.infer<typeof workerConfig>;

const partitionOf = (config: {
  partition: string;
  hsm: { pkcs11?: Pkcs11Section | undefined; partitions: Record<string, Pkcs11Section> };
}) => (config.partition === 'default' ? config.hsm.pkcs11 : config.hsm.partitions[config.partition]);

/** The token this process serves. */
export const servedPartition = (config: WorkerConfig): Partition =>
  new Partition(config.partition, partitionOf(config) as Pkcs11Section);
