import { z } from 'zod';
import { contract, page } from './bus.js';
import { formerKids } from './import-key.js';
import { description, key, keyVersion, metadata, publicKey, revocationReason } from './key.js';
import { publishedJwk } from './key-set.js';
import { cursor, inDigits, instant, pageLimit, text, uuid } from './primitive.js';
import { importedPublicKey } from './public-key-import.js';
import { duration } from './rotation-policy.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

const version = z.number().int().positive().max(999_999_999);

/**
 * A change of a key's state: the body that the caller sends, and the contract, whose request also names the key. The reply is the
 * key at the version that was changed.
 */
const change = <Shape extends z.ZodRawShape>(name: string, id: string, shape: Shape) => ({
  body: z.strictObject(shape).meta({ id }),
  contract: contract({
    ...gatewayToWorker,
    subject: `crypto.{partition}.key.${name}`,
    request: z.strictObject({ id: uuid, ...shape }),
    reply: key,
  }),
});

const ofOneVersion = { version: version.optional().describe('Default: the current version.') };

const aboutRevocation = {
  message: text(256).optional().describe('A note for people, stored with the version and in the audit trail.'),
  occurredAt: instant
    .optional()
    .describe('The time of the event that led to this. It cannot be in the future. Default: now.'),
};

export const activateKey = change('activate', 'ActivateKey', ofOneVersion);
export const suspendKey = change('suspend', 'SuspendKey', ofOneVersion);
export const resumeKey = change('resume', 'ResumeKey', ofOneVersion);
export const deactivateKey = change('deactivate', 'DeactivateKey', ofOneVersion);
export const revokeKey = change('revoke', 'RevokeKey', {
  ...ofOneVersion,
  reason: revocationReason.describe(
    'A KMIP revocation reason. key-compromise and ca-compromise make the version COMPROMISED, all others DEACTIVATED.',
  ),
  ...aboutRevocation,
});
export const compromiseKey = change('compromise', 'CompromiseKey', { ...ofOneVersion, ...aboutRevocation });

/** Rotates once per `resourceId`. The reply is the key with its new version. */
export const rotateKey = change('rotate', 'RotateKey', {
  expectedVersion: version
    .optional()
    .describe(
      'Rotates the key only if this is the current version. If two callers see the same version, one of them rotates the key.',
    ),
  activateIn: duration
    .optional()
    .describe(
      'The time until the new version takes over, an ISO 8601 duration such as PT5M. Until then it is PRE_ACTIVE, and that of a signing key is in the key set; the current version goes on. Default: it takes over at once.',
    ),
  publicKey: importedPublicKey
    .optional()
    .describe('The next public key. Required for a key in custody public, and not allowed otherwise.'),
  formerKids: formerKids
    .optional()
    .describe(
      'The kids that publicKey has at its owner, and not allowed without it. A JWS with one of them finds the new version without keyId. No other key or version of the tenant can have the same one. A kid inside publicKey.jwk is not taken.',
    ),
});

const waitingDays = z
  .number()
  .int()
  .min(0)
  .max(3650)
  .default(30)
  .describe(
    'The number of days until the HSM object is destroyed. The minimum is 7 unless the platform configures another.',
  );
const orAllVersions = { version: version.optional().describe('Default: all versions.') };

export const scheduleDestruction = change('schedule-destroy', 'ScheduleDestruction', {
  ...orAllVersions,
  waitingDays,
});
export const cancelDestruction = change('cancel-destroy', 'CancelDestruction', orAllVersions);

/** Equivalent to `scheduleDestruction` of all versions. */
export const deleteKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.delete',
  request: z.strictObject({ id: uuid, waitingDays: inDigits(waitingDays.unwrap()).prefault(30) }),
  reply: key,
});

export const listKeyVersions = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.version.list',
  request: z.strictObject({ id: uuid, limit: pageLimit, cursor: cursor.optional() }),
  reply: page(keyVersion),
});

/** Conditional on the key's revision (`ifMatch` of the context). Members that are left out keep their values. */
export const editKey = change('edit', 'EditKey', {
  label: text(128).optional(),
  description: description.nullable().optional().describe('A description for people. null deletes it.'),
  metadata: metadata.optional(),
  purgeProtection: z
    .literal(true)
    .optional()
    .describe(
      'Can be switched on, but never off. It cannot be switched on while a destruction waits for less than 30 days.',
    ),
});

/** Returns the public key of one version. Default: the current version. */
export const getPublicKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.public-key',
  request: z.strictObject({ id: uuid, version: inDigits(version).optional() }),
  reply: z.strictObject({ keyId: uuid, version, ...publicKey.shape, jwk: publishedJwk }).meta({ id: 'PublicKey' }),
});

const keyUsage = page(
  z.strictObject({
    version,
    lastUsedAt: instant.nullable(),
    operations: z.array(z.strictObject({ operation: z.string(), count: z.number().int(), lastUsedAt: instant })),
  }),
).meta({ id: 'KeyUsage' });
export type KeyUsage = z.infer<typeof keyUsage>;

/** The number of released results of each version, by operation. */
export const getKeyUsage = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.usage',
  request: z.strictObject({ id: uuid, limit: pageLimit, cursor: cursor.optional() }),
  reply: keyUsage,
});

export const getKeyVersion = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.version.get',
  request: z.strictObject({ id: uuid, version: inDigits(version) }),
  reply: keyVersion,
});
