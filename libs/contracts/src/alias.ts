import { z } from 'zod';
import { contract, page } from './bus.js';
import { aliasName, cursor, instant, keyIdOnly, pageLimit, uuid } from './primitive.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** A UUID in a path names a key by its id, so a new alias cannot look like one. */
const newAliasName = aliasName
  .refine((name) => !uuid.safeParse(name).success, 'must not have the form of a UUID')
  .meta({ not: { format: 'uuid' } });

const body = z
  .strictObject({ keyId: keyIdOnly.describe('The key that the alias names from now on.') })
  .meta({ id: 'PutAlias' });

/** A tenant's own name for one of its keys. Applications use the name, and the key behind it can change. */
export const alias = z
  .strictObject({
    name: aliasName,
    keyId: uuid,
    changedAt: instant,
    revision: z.number().int().positive().describe('The revision, also sent as the ETag.'),
  })
  .meta({ id: 'Alias' });
export type Alias = z.infer<typeof alias>;

/** The reply means that every worker now encrypts and signs under this name with that key. */
export const putAlias = {
  body,
  contract: contract({
    ...gatewayToWorker,
    subject: 'crypto.{partition}.alias.put',
    request: z.strictObject({ name: newAliasName, ...body.shape }),
    reply: alias,
  }),
};

export const getAlias = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.alias.get',
  request: z.strictObject({ name: aliasName }),
  reply: alias,
});

/**
 * The key that an alias names now, for a path that names its key by an alias. The reply needs no right on the key: the
 * operation on the key does.
 */
export const resolveAlias = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.alias.resolve',
  request: z.strictObject({ name: aliasName }),
  reply: z.strictObject({ keyId: uuid }),
});

export const listAliases = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.alias.list',
  request: z.strictObject({ keyId: keyIdOnly.optional(), limit: pageLimit, cursor: cursor.optional() }),
  reply: page(alias),
});

/** The reply is the deleted alias. */
export const deleteAlias = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.alias.delete',
  request: z.strictObject({ name: aliasName }),
  reply: alias,
});
