import { z } from 'zod';

const count = z.int().min(0);

/** What was found, for programs: texts may change. A code keeps its meaning, and others may be added. */
export const findingCodes = [
  'configuration-unreadable',
  'library-missing',
  'library-unusable',
  'profile-unknown',
  'profile-fits-less',
  'profile-lacks-mechanisms',
  'token-not-selected',
  'token-by-index',
  'token-not-initialised',
  'token-not-opened',
  'token-silent',
  'pin-not-set',
  'pin-tries-few',
  'pin-to-be-changed',
  'pin-entered-elsewhere',
  'pin-locked',
  'pin-last-try',
  'pin-form',
  'pin-length',
  'pin-refused',
  'keys-unsupported',
  'mechanisms-missing',
  'key-wrap-missing',
  'step-outside-module',
  'key-not-generated',
  'key-not-usable',
  'key-not-destroyed',
  'algorithm-in-trouble',
  'algorithm-refused',
  'algorithm-wrong',
  'step-slow',
  'leftovers-removed',
  'object-not-removed',
  'run-stopped',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** Something that an operator should know. `red` makes the run fail. */
const finding = z.strictObject({
  code: z
    .enum(findingCodes)
    .optional()
    .describe('What was found, for programs. Absent in the report of a worker of an earlier release.'),
  level: z.enum(['red', 'note']),
  /** What it is about: `PIN`, `library`, `profile`, or a key such as `RSA-2048 sign token`. */
  about: z.string(),
  problem: z.string(),
  /** What to do. */
  remedy: z.string(),
});
export type Finding = z.infer<typeof finding>;

const slot = z.strictObject({
  /** Among the slots that have a token. */
  index: count,
  description: z.string(),
  label: z.string(),
  serialNumber: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  hardware: z.string(),
  firmware: z.string(),
  /** CKF_* of CK_TOKEN_INFO that an operator can act upon, in camel case. */
  flags: z.array(z.string()),
});

const mechanism = z.strictObject({
  number: count,
  /** Without `CKM_`; the number in hex if it has no name here. */
  name: z.string(),
  flags: z.array(z.string()),
  minKeySize: count,
  maxKeySize: count,
});
export type Mechanism = z.infer<typeof mechanism>;

const keyRow = z.strictObject({
  /** An algorithm of `GET /algorithms`, or a kind of platform key. */
  algorithm: z.string(),
  purpose: z.string(),
  custody: z.enum(['token', 'wrapped', 'platform']),
  /**
   * `lacking`: the token does not list what it takes, so the service does not offer it. `not-wrapped`: the token does not wrap
   * such keys, so they are only kept in the token. `skipped`: not tried, because the caller did not want it or the time was over.
   */
  outcome: z.enum(['works', 'fails', 'lacking', 'not-wrapped', 'skipped']),
  algs: z.array(z.strictObject({ alg: z.string(), works: z.boolean(), detail: z.string() })),
  /** Milliseconds of each step. `test` is one job that makes a key of a session, uses it and destroys it. */
  ms: z.strictObject({
    generate: z.number().optional(),
    use: z.number().optional(),
    destroy: z.number().optional(),
    test: z.number().optional(),
  }),
});
export type KeyRow = z.infer<typeof keyRow>;

const profileFit = z.strictObject({
  /** null if the configuration names none. */
  configured: z.string().nullable(),
  used: z.string(),
  /** `documented`: the row was never run on the device. */
  evidence: z.enum(['run', 'documented']),
  /** The row that fits this token best. */
  fits: z.string(),
  /** How the row that is used differs from the one that fits. */
  differences: z.array(z.strictObject({ property: z.string(), used: z.string(), fits: z.string() })),
  /** By row: what speaks for it. */
  candidates: z.array(z.strictObject({ name: z.string(), points: z.number(), reasons: z.array(z.string()) })),
});
export type ProfileFit = z.infer<typeof profileFit>;

/**
 * What was found on an HSM: the JSON document of `hsm doctor --json`, and the answer about a partition's HSM. It holds no secret. A member that is added later leaves `version` as it is; any other change raises it.
 */
export const doctorReport = z
  .strictObject({
    format: z.literal('ankasecure-hsm-doctor'),
    version: z.literal(1),
    /** RFC 3339, in UTC. */
    at: z.iso.datetime(),
    ok: z.boolean(),
    exitCode: count,
    /** The run was stopped before its end: by a signal, or because the time was over. */
    stopped: z.boolean(),
    partition: z.string(),
    library: z
      .strictObject({
        path: z.string(),
        description: z.string(),
        manufacturer: z.string(),
        version: z.string(),
        cryptoki: z.string(),
        /** null: the library has v2.40 alone. */
        interfaces: z.array(z.strictObject({ name: z.string(), version: z.string(), flags: count })).nullable(),
        hasVendorKem: z.boolean(),
      })
      .nullable(),
    slots: z.array(slot),
    /** The token that the configuration selects. */
    token: slot.extend({ minPinLength: count, maxPinLength: count }).nullable(),
    mechanisms: z.array(mechanism),
    profile: profileFit.nullable(),
    keys: z.array(keyRow),
    findings: z.array(finding),
    /** Labels of objects that an earlier run had left and this one removed. */
    removed: z.array(z.string()),
    /** Labels of objects of this program that could not be removed. */
    left: z.array(z.string()),
  })
  .meta({ id: 'HsmReport' });
export type DoctorReport = z.infer<typeof doctorReport>;
