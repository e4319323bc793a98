import { maxKemCiphertextBytes, maxSignatureBytes } from '@ankasecure/algorithm';
import { z } from 'zod';
import { contract } from './bus.js';
import { nameKeyAtMostOnce, nameKeyOnce, namesKeyOnce, namesKeyTwice } from './key-name.js';
import {
  algorithmName,
  aliasName,
  base64url,
  contentAlg,
  custody,
  isBase64url,
  jweAlg,
  jwsAlg,
  kemAlg,
  keyIdOrAlias,
  uuid,
  warning,
} from './primitive.js';
import { toldProblem } from './refusal.js';
import { all, encoded, exactlyOne, has, notTogether, where } from './rule.js';
import { mostVersionsTried, triedInVain } from './versions-tried.js';

/** The maximum plaintext, payload or additional data of one item, in bytes. */
export const maxItemBytes = 1024 * 1024;
/** The maximum number of items in a batch. */
export const maxItems = 1000;

const encoding = z
  .enum(['base64url', 'utf8'])
  .default('base64url')
  .describe('The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.');

/**
 * Data as the caller sends it: base64url, or text if `encoding` is `utf8`. It has at most the characters that base64url needs for
 * `maxItemBytes`. The schema of the item checks encoding and text together.
 */
const data = z.string().max(Math.ceil((maxItemBytes * 4) / 3));

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

const encodingFits =
  (...fields: readonly string[]) =>
  (value: Record<string, unknown>, issue: z.core.$RefinementCtx): void => {
    for (const field of fields) {
      const content = value[field];
      const message = typeof content === 'string' ? misfit(content, value['encoding']) : null;
      if (message !== null) issue.addIssue({ code: 'custom', path: [field], message });
    }
  };

/** The version member of decrypt and verify. */
const version = z
  .number()
  .int()
  .positive()
  .max(999_999_999)
  .optional()
  .describe(
    `The version of keyId. Default: the version that a kid of this key names; without one, the current version and, if that does not fit, earlier versions that may be used, newest first, ${mostVersionsTried} at most.`,
  );

/** The key of decrypt and verify. A kid is a hint (RFC 7515 §4.1.4): it decides only where the request does not. */
const keyToProcess = keyIdOrAlias
  .optional()
  .describe(
    'The key. Required without a kid that names a key of the tenant, as its own or as one of its formerKids. If sent, a kid of another key is ignored.',
  );

/** The key for encrypt, sign and encapsulate, by id or by alias. */
const keyToProtect = {
  keyId: keyIdOrAlias.optional().describe('The key. Its current version is used.'),
  alias: aliasName.optional().describe('An alias of the key, instead of keyId.'),
};
const aliasToProcess = aliasName.optional().describe('An alias of the key, instead of keyId.');

/** A member of decrypt and verify. */
const acceptRisk = z
  .boolean()
  .optional()
  .describe(
    'Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk.',
  );

/** A compact JWE or JWS. It fits the results of `encrypt` and `sign` for the largest data, with room for foreign headers. */
const token = z
  .string()
  .min(1)
  .max(2 * maxItemBytes);

/** The members of every result that name the key and the algorithm. */
const used = {
  keyId: uuid,
  version: z.number().int().positive(),
  algorithm: algorithmName,
  custody,
  warnings: z.array(warning).optional(),
};

export const encryptItem = z
  .strictObject({
    ...keyToProtect,
    plaintext: data.describe('The data to encrypt, at most 1 MiB.'),
    encoding,
    enc: contentAlg
      .optional()
      .describe(
        'The content encryption. Default: A256GCM. The policy’s contentEncryption must allow it. A key with alg dir has only A256GCM.',
      ),
    /** Bound to the JWE: its SHA-256 is in the protected header as `aad#S256`, and decryption needs the same bytes. It has the encoding of `plaintext`. */
    aad: data
      .optional()
      .describe(
        'Additional data bound to the JWE. The protected header holds its SHA-256 as aad#S256, and decryption requires the same bytes.',
      ),
  })
  .superRefine(encodingFits('plaintext', 'aad'))
  .refine(namesKeyOnce, nameKeyOnce)
  .meta({ id: 'EncryptRequest', ...all(exactlyOne('keyId', 'alias'), encoded('plaintext'), encoded('aad')) });

export const encryptResult = z
  .strictObject({ jwe: z.string(), ...used, alg: jweAlg, enc: contentAlg })
  .meta({ id: 'EncryptResult' });

export const decryptItem = z
  .strictObject({
    /** Compact JWE (RFC 7516 §3.1). */
    jwe: token.describe(
      'Compact JWE (RFC 7516, section 3.1), made by this API or by anyone for the public JWK of the key, with any content encryption of RFC 7518, section 5.',
    ),
    keyId: keyToProcess,
    alias: aliasToProcess,
    version,
    /** The encoding of the returned `plaintext` and of `aad`. */
    encoding,
    aad: data.optional(),
    acceptRisk,
  })
  .superRefine(encodingFits('aad'))
  .refine((item) => !namesKeyTwice(item), nameKeyAtMostOnce)
  .meta({ id: 'DecryptRequest', ...all(notTogether('keyId', 'alias'), encoded('aad')) });

export const decryptResult = z
  .strictObject({
    plaintext: z.string(),
    encoding: z.enum(['base64url', 'utf8']),
    ...used,
    alg: jweAlg,
    enc: contentAlg,
  })
  .meta({ id: 'DecryptResult' });

export const signItem = z
  .strictObject({
    ...keyToProtect,
    payload: data.optional(),
    /** base64url of the message's hash, with the length of the algorithm's hash. It requires `raw` and is not for EdDSA and HMAC. */
    digest: base64url(64)
      .optional()
      .describe(
        'The hash of the message in base64url, with the length of the algorithm’s hash. Requires format raw; not possible with EdDSA, HMAC, ML-DSA or SLH-DSA.',
      ),
    /** The encoding of `payload`. */
    encoding,
    format: z
      .enum(['jws', 'jws-detached', 'raw'])
      .default('jws')
      .describe(
        'A compact JWS, a compact JWS with detached payload (RFC 7515, appendix F), or the bare signature. SLH-DSA keys make only raw signatures.',
      ),
    alg: jwsAlg.optional().describe('One of the key’s algs. Default: the first.'),
  })
  .superRefine(encodingFits('payload'))
  .refine(namesKeyOnce, nameKeyOnce)
  .refine((item) => (item.payload === undefined) !== (item.digest === undefined), 'send either payload or digest')
  .refine((item) => item.digest === undefined || item.format === 'raw', 'digest requires format raw')
  .meta({
    id: 'SignRequest',
    ...all(
      encoded('payload'),
      exactlyOne('keyId', 'alias'),
      exactlyOne('payload', 'digest'),
      where('digest', { properties: { format: { const: 'raw' } }, ...has('format') }),
    ),
  });

export const signResult = z
  .strictObject({
    jws: z
      .string()
      .optional()
      .describe('Compact JWS (RFC 7515, section 3.1). If the payload is detached, its part is empty.'),
    signature: z
      .string()
      .optional()
      .describe('A signature in format raw, in base64url. For ECDSA it is r‖s (RFC 7518, section 3.4).'),
    ...used,
    alg: jwsAlg,
  })
  .meta({ id: 'SignResult' });

export const verifyItem = z
  .strictObject({
    /** A compact JWS, with `payload` if it is detached. */
    jws: token.optional(),
    /** Required with `signature`, or an alias. */
    keyId: keyToProcess,
    alias: aliasToProcess,
    version,
    signature: base64url(maxSignatureBytes).optional(),
    payload: data.optional(),
    digest: base64url(64).optional(),
    encoding,
    alg: jwsAlg.optional(),
    acceptRisk,
  })
  .superRefine(encodingFits('payload'))
  .refine((item) => (item.jws === undefined) !== (item.signature === undefined), 'send either jws or signature')
  .refine((item) => !namesKeyTwice(item), nameKeyAtMostOnce)
  .refine(
    (item) => item.signature === undefined || item.keyId !== undefined || item.alias !== undefined,
    'signature requires keyId or alias',
  )
  .refine(
    (item) => item.signature === undefined || (item.payload === undefined) !== (item.digest === undefined),
    'signature requires either payload or digest',
  )
  .refine((item) => item.jws === undefined || item.digest === undefined, 'digest requires signature')
  .meta({
    id: 'VerifyRequest',
    ...all(
      encoded('payload'),
      exactlyOne('jws', 'signature'),
      notTogether('keyId', 'alias'),
      where('signature', all(exactlyOne('keyId', 'alias'), exactlyOne('payload', 'digest'))),
      notTogether('jws', 'digest'),
    ),
  });

export const verifyResult = z
  .strictObject({
    valid: z.boolean().describe('False if the signature is not valid, which is not an error.'),
    ...used,
    version: used.version.describe('The version that verifies the signature; if none does, the first that was tried.'),
    ...triedInVain,
    alg: jwsAlg,
    hint: z
      .string()
      .optional()
      .describe('If the signature is not valid: what it is in the form of another encoding, such as ECDSA in DER.'),
  })
  .meta({ id: 'VerifyResult' });

/** Every member of the results of encapsulate and decapsulate. */
const sharedSecret = z
  .string()
  .describe('The shared secret of 32 bytes in base64url. It left the HSM for this answer and is stored nowhere.');

export const encapsulateItem = z
  .strictObject(keyToProtect)
  .refine(namesKeyOnce, nameKeyOnce)
  .meta({ id: 'EncapsulateRequest', ...exactlyOne('keyId', 'alias') });

export const encapsulateResult = z
  .strictObject({
    ciphertext: z.string().describe('The ciphertext of ML-KEM (FIPS 203, section 7.2) in base64url.'),
    sharedSecret,
    ...used,
    version: used.version.describe('The version that the ciphertext is for. /decapsulate needs it.'),
    alg: kemAlg,
  })
  .meta({ id: 'EncapsulateResult' });

export const decapsulateItem = z
  .strictObject({
    keyId: keyIdOrAlias.optional().describe('The key.'),
    alias: aliasToProcess,
    version: version
      .unwrap()
      .describe(
        'The version that the ciphertext is for. It is required, because nothing in a ciphertext tells: another version gives another secret, and no error.',
      ),
    ciphertext: base64url(maxKemCiphertextBytes).describe(
      'The ciphertext of ML-KEM in base64url, with the length of the parameter set. A ciphertext that was changed gives another secret, and no error (implicit rejection, FIPS 203, section 7.3).',
    ),
    acceptRisk,
  })
  .refine(namesKeyOnce, nameKeyOnce)
  .meta({ id: 'DecapsulateRequest', ...exactlyOne('keyId', 'alias') });

export const decapsulateResult = z
  .strictObject({ sharedSecret, ...used, alg: kemAlg })
  .meta({ id: 'DecapsulateResult' });

/** A failed item of a batch: the problem that the item alone would return. */
export const itemFailure = z
  .strictObject({
    error: toldProblem,
  })
  .meta({ id: 'ItemFailure' });

/** A batch before its items are checked. Items are checked one by one, so that a bad item fails alone and in its place. */
export const batchOf = z.strictObject({ items: z.array(z.unknown()).min(1).max(maxItems) });

/** One item, or up to 1,000. */
const oneOrMany = <Item extends z.ZodType, Result extends z.ZodType>(name: string, item: Item, result: Result) => {
  const owner = { owner: 'crypto-worker', callers: ['gateway'] } as const;
  return {
    item,
    result,
    contract: contract({
      ...owner,
      subject: `crypto.{partition}.${name}`,
      request: z.union([item, z.strictObject({ items: z.array(item).min(1).max(maxItems) })]),
      reply: z.union([result, z.strictObject({ items: z.array(z.union([result, itemFailure])) })]),
    }),
  };
};

export const encrypt = oneOrMany('encrypt', encryptItem, encryptResult);
export const decrypt = oneOrMany('decrypt', decryptItem, decryptResult);
export const sign = oneOrMany('sign', signItem, signResult);
export const verify = oneOrMany('verify', verifyItem, verifyResult);
export const encapsulate = oneOrMany('encapsulate', encapsulateItem, encapsulateResult);
export const decapsulate = oneOrMany('decapsulate', decapsulateItem, decapsulateResult);

export type EncryptItem = z.infer<typeof encryptItem>;
export type EncryptResult = z.infer<typeof encryptResult>;
export type DecryptItem = z.infer<typeof decryptItem>;
export type DecryptResult = z.infer<typeof decryptResult>;
export type SignItem = z.infer<typeof signItem>;
export type SignResult = z.infer<typeof signResult>;
export type VerifyItem = z.infer<typeof verifyItem>;
export type VerifyResult = z.infer<typeof verifyResult>;
export type EncapsulateItem = z.infer<typeof encapsulateItem>;
export type EncapsulateResult = z.infer<typeof encapsulateResult>;
export type DecapsulateItem = z.infer<typeof decapsulateItem>;
export type DecapsulateResult = z.infer<typeof decapsulateResult>;
export type ItemFailure = z.infer<typeof itemFailure>;
