import { z } from 'zod';
import { contract } from './bus.js';
import { instant, uuid } from './primitive.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** Most keys that an answer names of those that could not be wrapped again. */
export const maxKekFailures = 10;

/** A tenant's key-encryption key, and how far its rotation is. */
export const kek = z
  .strictObject({
    tenantId: uuid,
    generation: z.number().int().positive().describe('Of the KEK that wraps new keys.'),
    state: z
      .enum(['idle', 'rotating'])
      .describe('`rotating` until every key is wrapped again and the KEK before is destroyed.'),
    total: z.number().int().nonnegative().describe('Wrapped key versions when the last rotation began.'),
    done: z.number().int().nonnegative().describe('How many of them the KEK before is not needed for any more.'),
    failed: z
      .number()
      .int()
      .nonnegative()
      .describe(
        'How many could not be wrapped again. Each is tried again, and the KEK before stays until none is left.',
      ),
    failures: z
      .array(z.strictObject({ keyId: uuid, version: z.number().int().positive(), code: z.string() }))
      .max(maxKekFailures)
      .describe('The first of those, and why: a code as problems have it.'),
    startedAt: instant.nullable().describe('Of the last rotation; null where there was none.'),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Kek' });
export type Kek = z.infer<typeof kek>;

/** The context's tenant is the one in the path: the gateway has seen to it that the caller may speak for it. */
const request = z.strictObject({ tenant: uuid });

/** Makes the new KEK and begins to wrap every key again. The reply is how far that is: ask `getKek` for more. */
export const rotateKek = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.kek.rotate',
  request,
  reply: kek,
});

export const getKek = contract({ ...gatewayToWorker, subject: 'crypto.{partition}.kek.get', request, reply: kek });
