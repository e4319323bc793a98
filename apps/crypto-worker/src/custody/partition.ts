import { configuredCertificate } from '@ankasecure/policy-rules';
import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';
import type { Naming } from './object-owner.js';
import { type MechanismName, mechanismNames } from './pkcs11/cryptoki/mechanism.js';

/** The documented `ankasecure.hsm.pkcs11` block and its extensions. */
export const pkcs11Section = z.strictObject({
  libraryPath: z.string().min(1),
  /** Used only if no token label is configured, because slot indices move when tokens are added. */
  slotIndex: integer(0, 65_535).default(0),
  tokenLabel: z.string().min(1).max(32).optional(),
  tokenSerial: z.string().min(1).max(16).optional(),
  /** Whether the token is meant to serve other partitions too. Their keys are then not kept apart: whoever has its PIN can use all. */
  sharedToken: z.boolean().optional(),
  // PINs are text of a keyboard. A longer one, or one with a control character, is a file that went wrong, and would cost a try.
  pin: z
    .string()
    .min(1)
    .refine((pin) => Buffer.byteLength(pin) <= 255, 'must not be longer than 255 bytes')
    .refine((pin) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(pin), 'must not contain a control character or a line separator'),
  /** A row of the vendor profiles. If absent, the token's manufacturer and model select it. */
  profile: z.string().min(1).optional(),
  kekLabelPrefix: z.string().min(1).default('ankasecure:kek:tenant'),
  sessionPoolSize: integer(1, 256).default(10),
  sessionTimeoutSeconds: integer(1, 600).default(30),
  /** Mechanisms that are not used even if the token lists them, by their PKCS#11 names (without CKM_). */
  excludedMechanisms: z.array(z.enum(mechanismNames as readonly [MechanismName, ...MechanismName[]])).default([]),
  /** The module's certificate as NIST CMVP lists it. It is named in reports and decides under `fipsOnly: module`; nothing is assumed. */
  cmvp: configuredCertificate.optional(),
});
export type Pkcs11Section = z.infer<typeof pkcs11Section>;

/** What is said of the name of a partition that the file does not configure. @param names those that it does */
export const unknownPartition = (names: readonly string[]): string =>
  `must name an HSM partition that the file configures: ${names.length === 0 ? 'it configures none' : names.join(', ')}`;

/** The HSM token that this process serves. */
export class Partition {
  constructor(
    /** `default`, or a name under `ankasecure.hsm.partitions`. It is part of subjects and labels. */
    readonly name: string,
    readonly hsm: Pkcs11Section,
  ) {}

  /** The parts of the names of this partition's objects. */
  get naming(): Naming {
    return { partition: this.name, kekLabelPrefix: this.hsm.kekLabelPrefix };
  }
}
