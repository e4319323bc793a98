import { z } from 'zod';
import { contract, page } from './bus.js';
import { inHsm } from './in-hsm.js';
import {
  algorithmName,
  cursor,
  custody,
  instant,
  jweAlg,
  jwsAlg,
  kemAlg,
  pageLimit,
  purpose,
  text,
  uuid,
  warning,
  wrapAlg,
} from './primitive.js';
import { duration } from './rotation-policy.js';

/** The states of SP 800-57 part 1 r5 §7, with an additional waiting state before destruction. */
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

/** The revocation reasons of KMIP 2.1 §11.45 that apply to keys. */
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

/** The lifecycle of a version. `state` reflects a date as soon as it has passed. */
const lifeOfVersion = {
  state: keyState.describe('The state at the time of the answer (SP 800-57 part 1, section 7).'),
  activateAt: instant.nullable().describe('The time at which a PRE_ACTIVE version becomes ACTIVE by itself.'),
  deactivateAt: instant.nullable().describe('The time at which an ACTIVE version becomes, or became, DEACTIVATED.'),
  revocation: z
    .strictObject({ reason: revocationReason, message: z.string().nullable(), occurredAt: instant })
    .nullable()
    .describe('The reason why the version was revoked or marked as compromised.'),
  destroyAt: instant
    .nullable()
    .describe('The time at which a DESTROY_SCHEDULED version is destroyed, to within seconds.'),
  destroyedAt: instant.nullable().describe('The time at which its object was confirmed to be gone from the HSM.'),
  recovery: z
    .strictObject({ possible: z.boolean(), until: instant.nullable() })
    .nullable()
    .describe(
      'For a DESTROYED version: whether a backup of the database from before its destruction can still bring it back, and until when. That is possible for a key that is wrapped or in software, until the KEK that wrapped it is destroyed. `until` is null while that KEK is in use: rotate the KEK to set an end. A public key of others is no secret, and a backup always has it. null for any other state.',
    ),
};

export const publicKey = z.strictObject({
  /** A JWK (RFC 7517) with kid, use, and alg unless the key has several. */
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
      .array(z.union([jwsAlg, jweAlg, wrapAlg, kemAlg]))
      .describe('The JOSE algorithms of the key, the default first. AES-KWP if its purpose is wrap.'),
    draft: z
      .string()
      .optional()
      .describe(
        'The revision of the draft that the algorithms are from. They are experimental: a later revision can change them.',
      ),
    custody: custody.describe(
      'Where the private or secret key is kept: in the token, wrapped by it, or in software. public is a public key of somebody else, who has the private key.',
    ),
    version: z.number().int().positive(),
    ...lifeOfVersion,
    publicKey: publicKey.nullable().describe('The public key, or null for a secret key.'),
    /** `uri` is an RFC 7512 PKCS#11 URI without a PIN. It is the KEK's if custody is not token. A public key has none. */
    hsm: inHsm,
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    purgeProtection: z
      .boolean()
      .describe('If true, a destruction waits for at least 30 days. It cannot be switched off.'),
    fips: z.strictObject({ approved: z.boolean(), source: z.string() }),
    formerKids: z
      .array(z.string())
      .optional()
      .describe('The kids that an imported key had elsewhere. Lists of keys leave them out.'),
    createdAt: instant,
    revision: z.number().int().positive().describe('The revision, also sent as the ETag.'),
    warnings: z.array(warning).optional(),
  })
  .meta({ id: 'Key' });
export type Key = z.infer<typeof key>;

/** A key version: the members that can differ between versions. */
export const keyVersion = z
  .strictObject({
    keyId: uuid,
    version: z.number().int().positive(),
    ...lifeOfVersion,
    custody,
    publicKey: publicKey.nullable(),
    hsm: inHsm,
    createdAt: instant,
  })
  .meta({ id: 'KeyVersion' });
export type KeyVersionResource = z.infer<typeof keyVersion>;

export const metadata = z
  .record(text(64), text(256))
  .refine((entries) => Object.keys(entries).length <= 32, 'must have at most 32 entries')
  .meta({ maxProperties: 32 })
  .describe('Your own names and values, replaced as a whole. Do not store secrets here.');

export const description = text(1024);

/** Asks for a key that signs with every algorithm of its kind. */
export const anyAlg = 'any';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

export const createKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.create',
  request: z
    .strictObject({
      algorithm: algorithmName.describe(
        'The algorithm of the key. GET /algorithms lists those that are available now.',
      ),
      label: text(128).describe('A name for people. It need not be unique.'),
      purpose: purpose
        .optional()
        .describe(
          'The one purpose of the key. Default: sign for an asymmetric key, encrypt for AES, mac for HMAC. A key whose purpose is wrap unwraps imported keys, and must itself be imported. A key whose purpose is encapsulate serves /encapsulate and /decapsulate alone, and needs a policy with rawKem.',
        ),
      /** RFC 8725 §3.1: a key is used with one algorithm. AES-256 needs it for `dir`, because one object never does both. */
      alg: z
        .union([jwsAlg, jweAlg, z.literal(anyAlg)])
        .optional()
        .describe(
          'The one JOSE algorithm of the key (RFC 8725, section 3.1), published as alg in its JWK. Default: RS256 for RSA that signs, ES256, ES384 or ES512 by the curve, EdDSA for Ed25519, A256KW for AES-256, urn:ankasecure:jwe:ML-KEM-768+A256KW for ML-KEM-768; other keys have only one. HPKE-12 and HPKE-12-KE for ML-KEM-768, and HPKE-13 and HPKE-13-KE for ML-KEM-1024, are experimental: they follow a draft. any leaves a signing key all algorithms that the token supports for it, and its JWK has no alg.',
        ),
      custody: z
        .enum(['token', 'wrapped', 'software'])
        .optional()
        .describe(
          'Where the key is kept. token (the default) keeps it as an object in the HSM. wrapped stores it outside, wrapped by the tenant’s KEK, so that the HSM’s memory does not limit the number of keys. software uses it in the worker’s memory and stores it sealed by the HSM; it requires an algorithm the token does not support and a policy that allows it.',
        ),
      tenantId: uuid.optional().describe('Optional. If sent, it must be the tenant of the token.'),
      description: description.optional(),
      metadata: metadata.optional(),
      purgeProtection: z
        .boolean()
        .default(false)
        .describe(
          'Refuses a destruction that waits for less than 30 days, even if the platform’s minimum is shorter. It cannot be switched off again.',
        ),
      activateAt: instant
        .optional()
        .describe(
          'The time from which the key is ACTIVE. Until then it is PRE_ACTIVE. If the time has passed, the key is ACTIVE at once.',
        ),
      activateIn: duration
        .optional()
        .describe(
          'Instead of activateAt: the time until the key becomes ACTIVE, an ISO 8601 duration such as PT5M. A signing key is in the key set meanwhile, so that relying parties have it before it signs.',
        ),
      deactivateAt: instant
        .optional()
        .describe('The time from which the key is DEACTIVATED: it only decrypts and verifies.'),
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
