import {
  type AlgorithmName,
  algorithmNames,
  type ContentAlg,
  contentAlgs,
  type JweAlg,
  type JwsAlg,
  jweAlgs,
  jwsAlgs,
  type KemAlg,
  mlKemSets,
  purposes,
} from '@ankasecure/algorithm';
import { custodyKinds, instant } from '@ankasecure/policy-rules';
import { z } from 'zod';

export { text } from '@ankasecure/policy-rules';

/** A UUID of any version, in upper or lower case (RFC 9562 §4). */
export const acceptedUuidForm = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** The name of an HSM partition. It is a token of bus subjects and therefore has no dots. */
export const partitionForm = /^[a-z0-9-]{1,32}$/;

const uuidOr = (fault: string) => z.string().regex(acceptedUuidForm, fault).toLowerCase().meta({ format: 'uuid' });

/** A UUID of any version. It is written in lower case from here on, and read in either (RFC 9562 §4). */
export const uuid = uuidOr('must be a UUID');

/** The id of a key in a request that can name the key by its alias instead. */
export const keyIdOrAlias = uuidOr('must be the id of a key, a UUID: send the name of an alias as alias');

/** The id of a key in a request that takes no alias. */
export const keyIdOnly = uuidOr('must be the id of a key, a UUID: GET /aliases/{name} tells that of an alias');

/**
 * base64url without padding, and canonical: the unused low bits of the last character are zero (RFC 4648 §3.5, §5).
 * The check makes one pass and decodes nothing.
 */
export const isBase64url = (value: string): boolean => {
  if (!/^[A-Za-z0-9_-]*$/.test(value)) return false;
  const rest = value.length % 4;
  if (rest === 0) return true;
  if (rest === 1) return false;
  const last = value.charAt(value.length - 1);
  return rest === 2 ? 'AQgw'.includes(last) : 'AEIMQUYcgkosw048'.includes(last);
};

export const base64url = (maxBytes: number) =>
  z
    .string()
    .max(Math.ceil((maxBytes * 4) / 3), `must be at most ${maxBytes} bytes`)
    .refine(isBase64url, 'must be canonical base64url without padding')
    .meta({ pattern: '^[A-Za-z0-9_-]*$' });

export const algorithmName = z.enum(algorithmNames as readonly [AlgorithmName, ...AlgorithmName[]]);
export const purpose = z.enum(purposes);
export const jwsAlg = z.enum(jwsAlgs as readonly [JwsAlg, ...JwsAlg[]]);
export const jweAlg = z.enum(jweAlgs as readonly [JweAlg, ...JweAlg[]]);
export const contentAlg = z.enum(contentAlgs as readonly [ContentAlg, ...ContentAlg[]]);
export const wrapAlg = z.literal('AES-KWP');
export const kemAlg = z.enum(mlKemSets as readonly [KemAlg, ...KemAlg[]]);

/** Where the private or secret key is kept. See `Custody` in the crypto-worker. */
export const custody = z.enum(custodyKinds);
export { instant };

/** A warning in an answer: a stable code, a sentence for people, and dates if it announces an end. */
export const warning = z.strictObject({
  code: z.string(),
  detail: z.string(),
  deprecation: instant.optional().describe('The time from which the use is deprecated.'),
  sunset: instant.optional().describe('The time from which the use is refused.'),
});

/** The name of a tenant in URLs. */
export const tenantSlug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 lower-case letters, digits and inner hyphens');

/** A tenant's own name for a key. It appears in paths without encoding. */
export const aliasName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores and hyphens, starting with a letter or a digit',
  );

const longestCursor = 1024;

/**
 * An opaque position in a listing, bound to tenant, route and filter. Every wrong text gets the same answer, `cursor-invalid`,
 * where the cursor is opened. One that is too long counts as an empty one, which opens nothing.
 */
export const cursor = z
  .string()
  .overwrite((text) => (text.length > longestCursor ? '' : text))
  .max(longestCursor)
  .describe('The value of `next` of the page before, with the same filter.');

/**
 * A number in a path or a query, which contain only text. It must be decimal digits, so that an empty text is not zero. However
 * many they are, the schema's bound refuses it.
 */
export const inDigits = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value;
    if (/^\d+$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
    context.addIssue({ code: 'custom', message: 'must be a whole number in decimal digits' });
    return z.NEVER;
  }, schema);

export const pageLimit = inDigits(z.number().int().min(1).max(200)).prefault(50);
