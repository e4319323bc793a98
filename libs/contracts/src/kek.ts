import { z } from 'zod';
import { contract } from './bus.js';
import { instant, uuid } from './primitive.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** The maximum number of failed keys that an answer names. */
export const maxKekFailures = 10;
/** The maximum number of retired KEKs that an answer names. */
export const maxRetiredKeks = 100;

/** A tenant's key-encryption key and the progress of its rotation. */
export const kek = z
  .strictObject({
    tenantId: uuid,
    generation: z.number().int().positive().describe('The generation of the KEK that wraps new keys.'),
    state: z
      .enum(['idle', 'rotating'])
      .describe('`rotating` until every key is rewrapped and the previous KEK is retired.'),
    total: z
      .number()
      .int()
      .nonnegative()
      .describe('The number of wrapped key versions when the last rotation began, as the database counted them.'),
    done: z
      .number()
      .int()
      .nonnegative()
      .describe(
        'The number of those that no longer need the previous KEK. While the rotation goes on, only those count that it has rewrapped.',
      ),
    failed: z
      .number()
      .int()
      .nonnegative()
      .describe(
        'The number of those that could not be rewrapped. Each is retried, and the previous KEK stays in use until none is left. A version that the audit trail holds and the database does not show keeps the rotation open as well: the alarm `record-rejected` names it.',
      ),
    failures: z
      .array(z.strictObject({ keyId: uuid, version: z.number().int().positive(), code: z.string() }))
      .max(maxKekFailures)
      .describe('The first failures, each with the code of a problem.'),
    retired: z
      .array(z.strictObject({ generation: z.number().int().positive(), retiredAt: instant, destroyAt: instant }))
      .max(maxRetiredKeks)
      .describe(
        'Replaced KEKs that the HSM still holds, oldest first. They serve only a database that is restored from a backup, and are destroyed at `destroyAt`. Until then, such a backup can bring back the keys that they wrapped.',
      ),
    startedAt: instant.nullable().describe('The time the last rotation began, or null if there was none.'),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Kek' });
export type Kek = z.infer<typeof kek>;

/** The context's tenant is the one in the path. The gateway has checked that the caller may act for it. */
const request = z.strictObject({ tenant: uuid });

/** Creates the new KEK and starts to rewrap every key. The reply is the progress; `getKek` returns it later. */
export const rotateKek = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.kek.rotate',
  request,
  reply: kek,
});

export const getKek = contract({ ...gatewayToWorker, subject: 'crypto.{partition}.kek.get', request, reply: kek });
