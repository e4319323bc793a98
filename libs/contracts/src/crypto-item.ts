import { z } from 'zod';
import { contract } from './bus.js';
import { algorithmName, aliasName, custody, isBase64url, keyIdOrAlias, uuid, warning } from './primitive.js';
import { toldProblem } from './refusal.js';
import { mostVersionsTried } from './versions-tried.js';

/** The maximum plaintext, payload or additional data of one item, in bytes. */
export const maxItemBytes = 1024 * 1024;
/** The maximum number of items in a batch. */
export const maxItems = 1000;

export const encoding = z
  .enum(['base64url', 'utf8'])
  .default('base64url')
  .describe('The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.');

/**
 * Data as the caller sends it: base64url, or text if `encoding` is `utf8`. It has at most the characters that base64url needs for
 * `maxItemBytes`. The schema of the item checks encoding and text together.
 */
export const data = z.string().max(Math.ceil((maxItemBytes * 4) / 3));

/** UTF-8 has at most three bytes per unit of UTF-16, so most texts need not be measured. */
const utf8Fits = (text: string): boolean =>
  text.length <= maxItemBytes / 3 || Buffer.byteLength(text, 'utf8') <= maxItemBytes;

/** The fault of `content` in this encoding, or null. */
const misfit = (content: string, encoding: unknown): string | null => {
  if (encoding !== 'utf8')
    return isBase64url(content) ? null : 'must be canonical base64url without padding, unless encoding is utf8';
  if (!content.isWellFormed()) return 'must be well-formed Unicode';
  return utf8Fits(content) ? null : `must be at most ${maxItemBytes} bytes of UTF-8`;
};

export const encodingFits =
  (...fields: readonly string[]) =>
  (value: Record<string, unknown>, issue: z.core.$RefinementCtx): void => {
    for (const field of fields) {
      const content = value[field];
      const message = typeof content === 'string' ? misfit(content, value['encoding']) : null;
      if (message !== null) issue.addIssue({ code: 'custom', path: [field], message });
    }
  };

/** The version member of decrypt and verify. */
export const version = z
  .number()
  .int()
  .positive()
  .max(999_999_999)
  .optional()
  .describe(
    `The version of keyId. Default: the version that a kid of this key names; without one, the current version and, if that does not fit, earlier versions that may be used, newest first, ${mostVersionsTried} at most.`,
  );

/** The key of decrypt and verify. A kid is a hint (RFC 7515 §4.1.4): it decides only where the request does not. */
export const keyToProcess = keyIdOrAlias
  .optional()
  .describe(
    'The key. Required without a kid that names a key of the tenant, as its own or as one of its formerKids. If sent, a kid of another key is ignored.',
  );

/** The key for encrypt, sign and encapsulate, by id or by alias. */
export const keyToProtect = {
  keyId: keyIdOrAlias.optional().describe('The key. Its current version is used.'),
  alias: aliasName.optional().describe('An alias of the key, instead of keyId.'),
};
export const aliasToProcess = aliasName.optional().describe('An alias of the key, instead of keyId.');

/** A member of decrypt and verify. */
export const acceptRisk = z
  .boolean()
  .optional()
  .describe(
    'Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk.',
  );

/** A compact JWE or JWS. It fits the results of `encrypt` and `sign` for the largest data, with room for foreign headers. */
export const token = z
  .string()
  .min(1)
  .max(2 * maxItemBytes);

/** The members of every result that name the key and the algorithm. */
export const used = {
  keyId: uuid,
  version: z.number().int().positive(),
  algorithm: algorithmName,
  custody,
  warnings: z.array(warning).optional(),
};

/** A failed item of a batch: the problem that the item alone would return. */
export const itemFailure = z
  .strictObject({
    error: toldProblem,
  })
  .meta({ id: 'ItemFailure' });

/** A batch before its items are checked. Items are checked one by one, so that a bad item fails alone and in its place. */
export const batchOf = z.strictObject({ items: z.array(z.unknown()).min(1).max(maxItems) });

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** One item, or up to 1,000. */
export const oneOrMany = <Item extends z.ZodType, Result extends z.ZodType>(
  name: string,
  item: Item,
  result: Result,
) => {
  return {
    item,
    result,
    contract: contract({
      ...gatewayToWorker,
      subject: `crypto.{partition}.${name}`,
      request: z.union([item, z.strictObject({ items: z.array(item).min(1).max(maxItems) })]),
      reply: z.union([result, z.strictObject({ items: z.array(z.union([result, itemFailure])) })]),
    }),
  };
};

type Forms = readonly [z.ZodType, ...z.ZodType[]];

const anyOf = (schemas: Forms): z.ZodType => (schemas.length === 1 ? schemas[0] : z.union(schemas));

/** As `oneOrMany`, for items or results of several forms. */
export const oneOrManyOf = <Items extends Forms, Results extends Forms>(
  name: string,
  items: Items,
  results: Results,
) => ({
  contract: contract({
    ...gatewayToWorker,
    subject: `crypto.{partition}.${name}`,
    request: z.union([...items, z.strictObject({ items: z.array(anyOf(items)).min(1).max(maxItems) })]),
    reply: z.union([...results, z.strictObject({ items: z.array(z.union([...results, itemFailure])) })]),
  }),
});
export type ItemFailure = z.infer<typeof itemFailure>;
