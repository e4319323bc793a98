import { cursorSecret, integer, partitionName, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';
import { type MechanismName, mechanismNames } from './custody/pkcs11/mechanism.js';
import { quotaConfig } from './quota/quota.config.js';

/** The documented `ankasecure.hsm.pkcs11` block, with what extends it. */
const pkcs11 = z.strictObject({
  libraryPath: z.string().min(1),
  /** Only for a token that has no label configured: slot indices move when tokens are added. */
  slotIndex: integer(0, 65_535).default(0),
  tokenLabel: z.string().min(1).max(32).optional(),
  tokenSerial: z.string().min(1).max(16).optional(),
  pin: z.string().min(1),
  /** A row of the vendor profiles; found from the token's manufacturer and model when absent. */
  profile: z.string().min(1).optional(),
  kekLabelPrefix: z.string().min(1).default('ankasecure:kek:tenant'),
  sessionPoolSize: integer(1, 256).default(10),
  sessionTimeoutSeconds: integer(1, 600).default(30),
  /** Mechanisms that are not to be used although the token lists them, by their names in PKCS#11 (without CKM_). */
  excludedMechanisms: z.array(z.enum(mechanismNames as readonly [MechanismName, ...MechanismName[]])).default([]),
  /** The module's certificate as NIST CMVP lists it; named in reports, never assumed. */
  cmvp: z
    .strictObject({ certificate: z.string().min(1), standard: z.string().min(1), status: z.string().min(1) })
    .optional(),
});
export type Pkcs11Config = z.infer<typeof pkcs11>;

export const workerConfig = z
  .strictObject({
    ...serviceConfig.shape,
    cursorSecret,
    /** The HSM partition this process serves; `default` is the `hsm.pkcs11` block. */
    partition: partitionName.default('default'),
    hsm: z.strictObject({
      pkcs11: pkcs11.optional(),
      partitions: z.record(partitionName, pkcs11).default({}),
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
      issue.addIssue({ code: 'custom', path: ['partition'], message: 'names no configured HSM partition' });
  });
export type WorkerConfig = z.infer<typeof workerConfig>;

const partitionOf = (config: {
  partition: string;
  hsm: { pkcs11?: Pkcs11Config | undefined; partitions: Record<string, Pkcs11Config> };
}) => (config.partition === 'default' ? config.hsm.pkcs11 : config.hsm.partitions[config.partition]);

/** The token this process serves. */
export const servedPartition = (config: WorkerConfig): Pkcs11Config => partitionOf(config) as Pkcs11Config;
