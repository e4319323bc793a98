import { z } from 'zod';
import { contract, page } from './bus.js';
import {
  algorithmName,
  cursor,
  custody,
  instant,
  jweAlg,
  jwsAlg,
  pageLimit,
  purpose,
  text,
  uuid,
  warning,
  wrapAlg,
} from './primitive.js';

/** SP 800-57 part 1 r5 §7, with our waiting state before destruction. */
export const keyStates = [
  'PRE_ACTIVE',
  'ACTIVE',
  'SUSPENDED',
  'DEACTIVATED',
  'COMPROMISED',
  'DESTROY_SCHEDULED',
  'DESTROYED',
] as const;
export const keyState = z.enum(keyStates);
export type KeyState = z.infer<typeof keyState>;

/** KMIP 2.1 §11.45, as far as it is about keys. */
export const revocationReasons = [
  'unspecified',
  'key-compromise',
  'ca-compromise',
  'affiliation-changed',
  'superseded',
  'cessation-of-operation',
  'privilege-withdrawn',
] as const;
export const revocationReason = z.enum(revocationReasons);
export type RevocationReason = z.infer<typeof revocationReason>;

/** What is on record of a version's life. A date that has come shows in `state` at once. */
const lifeOfVersion = {
  state: keyState.describe('SP 800-57 part 1, section 7, at the moment of the answer.'),
  activateAt: instant.nullable().describe('PRE_ACTIVE becomes ACTIVE then, without anybody’s doing.'),
  deactivateAt: instant.nullable().describe('ACTIVE becomes DEACTIVATED then, or became so.'),
  revocation: z
    .strictObject({ reason: revocationReason, message: z.string().nullable(), occurredAt: instant })
    .nullable()
    .describe('Why the version was revoked or is compromised.'),
  destroyAt: instant.nullable().describe('When DESTROY_SCHEDULED ends in DESTROYED, within seconds.'),
  destroyedAt: instant.nullable().describe('When its object in the HSM was found to be gone.'),
};

export const publicKey = z.strictObject({
  /** RFC 7517, with kid, alg (when the key has one only) and use. */
  jwk: z.record(z.string(), z.string()),
  /** SubjectPublicKeyInfo, RFC 7468. */
  pem: z.string(),
});

export const key = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    label: z.string(),
    algorithm: algorithmName,
    purpose,
    algs: z
      .array(z.union([jwsAlg, jweAlg, wrapAlg]))
      .describe('The JOSE algorithms it may be used with, the default first; AES-KWP where its purpose is wrap.'),
    custody: custody.describe('Where the private or secret key is: in the token, wrapped by it, or in software.'),
    version: z.number().int().positive(),
    ...lifeOfVersion,
    publicKey: publicKey.nullable().describe('null for secret keys.'),
    /** `uri` is an RFC 7512 PKCS#11 URI without a PIN; that of the KEK where custody is not token. */
    hsm: z.strictObject({ partition: z.string(), uri: z.string() }),
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    purgeProtection: z.boolean().describe('No destruction of it waits for less than 30 days. Never switched off.'),
    fips: z.strictObject({ approved: z.boolean(), source: z.string() }),
    createdAt: instant,
    revision: z.number().int().positive().describe('Also the ETag.'),
    warnings: z.array(warning).optional(),
  })
  .meta({ id: 'Key' });
export type Key = z.infer<typeof key>;

/** One of a key's versions: what can differ between them. */
export const keyVersion = z
  .strictObject({
    keyId: uuid,
    version: z.number().int().positive(),
    ...lifeOfVersion,
    custody,
    publicKey: publicKey.nullable(),
    hsm: z.strictObject({ partition: z.string(), uri: z.string() }),
    createdAt: instant,
  })
  .meta({ id: 'KeyVersion' });
export type KeyVersionResource = z.infer<typeof keyVersion>;

export const metadata = z
  .record(text(64), text(256))
  .refine((entries) => Object.keys(entries).length <= 32, 'at most 32 entries are expected')
  .describe('Names and values of your own, replaced as a whole. Not for secrets.');

export const description = text(1024);

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

export const createKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.create',
  request: z
    .strictObject({
      algorithm: algorithmName.describe('What to make; GET /algorithms says what can be made now.'),
      label: text(128).describe('For people. It need not be unique.'),
      purpose: purpose
        .optional()
        .describe(
          'One per key. Default: sign for asymmetric keys, encrypt for AES, mac for HMAC. A key for wrap unwraps others that are brought in, and is brought in itself.',
        ),
      /** Pins the key to one JOSE algorithm. AES-256 needs it for `dir` (default A256KW), since one object never does both. */
      alg: z
        .union([jwsAlg, jweAlg])
        .optional()
        .describe('Pins the key to one JOSE algorithm. AES-256 needs it for dir; its default is A256KW.'),
      custody: z
        .enum(['token', 'wrapped', 'software'])
        .optional()
        .describe(
          'Where the key is kept: an object of the token (default); wrapped by the tenant’s KEK, so that the token’s memory does not bound the number of keys; or in software, sealed by the HSM at rest, where the token has no mechanism for it and the policy admits that.',
        ),
      tenantId: uuid.optional().describe('May be left out. When given, it must be the tenant of the token.'),
      description: description.optional(),
      metadata: metadata.optional(),
      purgeProtection: z
        .boolean()
        .default(false)
        .describe(
          'Refuses any destruction before the full period of 30 days, whatever minimum the platform allows. It cannot be switched off again.',
        ),
      activateAt: instant.optional().describe('A moment to come makes the key PRE_ACTIVE until then.'),
      deactivateAt: instant.optional().describe('From then on it is DEACTIVATED: it decrypts and verifies only.'),
    })
    .meta({ id: 'CreateKey' }),
  reply: key,
});

export const getKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.get',
  request: z.strictObject({ id: uuid }),
  reply: key,
});

export const listKeys = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.list',
  request: z.strictObject({
    algorithm: algorithmName.optional(),
    purpose: purpose.optional(),
    state: keyState.optional(),
    label: text(128).optional(),
    limit: pageLimit,
    cursor: cursor.optional(),
  }),
  reply: page(key),
});

export const exclusionCodes = [
  'policy',
  'fips-only',
  'cnsa2',
  'token-lacks-mechanism',
  'self-test-failed',
  'self-test-pending',
] as const;

export const listAlgorithms = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.algorithm.list',
  request: z.strictObject({}),
  reply: z.strictObject({
    items: z.array(
      z
        .strictObject({
          algorithm: algorithmName,
          /** One row per purpose: what can be done now, with which JOSE algorithms, and why not the rest. */
          purpose,
          algs: z.array(z.union([jwsAlg, jweAlg, wrapAlg])),
          available: z.boolean(),
          software: z
            .boolean()
            .describe('The token has no mechanism for it, and the policy admits keys of custody software.'),
          /** What keys that are there already may do. */
          uses: z.array(z.enum(['protect', 'process'])).describe('What keys that are there already may do.'),
          reasons: z.array(
            z.strictObject({
              code: z.enum(exclusionCodes),
              detail: z.string(),
              /** Of what policy excludes: the field of the policy, and what it rests on. */
              rule: z.string().optional().describe('The field of the policy that excludes it.'),
              source: z.string().optional().describe('What that rule rests on: document and section.'),
            }),
          ),
          warnings: z.array(warning),
          strength: z.number().int(),
          quantumSafe: z.boolean(),
          fips: z.strictObject({ approved: z.boolean(), source: z.string() }),
        })
        .meta({ id: 'AlgorithmAvailability' }),
    ),
    hsm: z.strictObject({
      partition: z.string(),
      profile: z.string(),
      token: z.string(),
      serial: z.string(),
      manufacturer: z.string(),
      model: z.string(),
      firmware: z.string(),
      cmvp: z.strictObject({ certificate: z.string(), standard: z.string(), status: z.string() }).nullable(),
    }),
    policyVersion: z.number().int().positive(),
    fipsOnly: z.boolean(),
  }),
});
