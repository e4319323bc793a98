import { z } from 'zod';
import { contract } from './bus.js';
import { createKey, key, publicKey } from './key.js';
import { base64url, text, uuid } from './primitive.js';
import { importedPublicKey } from './public-key-import.js';
import { all, has, lacks, where } from './rule.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/**
 * The import methods. `rsa-aes-kwp` is CKM_RSA_AES_KEY_WRAP of PKCS#11 v2.40, section 2.1.21. `aes-kwp` is RFC 5649 under a key of
 * purpose `wrap` that was imported before.
 */
export const importMethods = ['rsa-aes-kwp', 'aes-kwp'] as const;
export type ImportMethod = (typeof importMethods)[number];
const importMethod = z.enum(importMethods);

/** A kid that a key had before its import. */
export const formerKid = text(256);
/** The most kids that one version of a key can have had before. */
const maxFormerKids = 16;

export const formerKids = z
  .array(formerKid)
  .min(1)
  .max(maxFormerKids)
  .refine((kids) => new Set(kids).size === kids.length, 'must not contain a kid twice')
  .meta({ uniqueItems: true });

export const wrappingKey = z
  .strictObject({
    algorithm: z.literal('RSA-4096'),
    generation: z.number().int().positive(),
    publicKey,
    methods: z.array(
      z.strictObject({
        method: importMethod,
        available: z.boolean().describe('Whether this token can import keys with this method.'),
        oaepHash: z
          .enum(['SHA-1', 'SHA-256'])
          .optional()
          .describe('The hash for RSA-OAEP and for its MGF1 that this token supports. The label is empty.'),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'WrappingKey' });
export type WrappingKey = z.infer<typeof wrappingKey>;

/** The tenant's public key that wraps keys for import. Its private key can only unwrap. */
export const getWrappingKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.wrapping-key.get',
  request: z.strictObject({}),
  reply: wrappingKey,
});

export const importKey = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.import',
  request: createKey.request
    .extend({
      custody: z
        .enum(['token', 'wrapped', 'public'])
        .optional()
        .describe(
          'As in POST /keys. A key cannot be imported into custody software. public imports a public key of somebody else from publicKey: it verifies their signatures, or encrypts to them.',
        ),
      formerKids: formerKids
        .optional()
        .describe(
          'The kids that the key had elsewhere. A JWE or JWS with one of them finds the key without keyId. No other key of the tenant can have the same one.',
        ),
      publicKey: importedPublicKey
        .optional()
        .describe('The public key. Required with custody public, and not allowed otherwise.'),
      method: importMethod
        .optional()
        .describe('How the key is wrapped. Required, except with custody public, where it is not allowed.'),
      wrappingKeyId: uuid
        .optional()
        .describe(
          'The key that unwraps the imported key. Required for aes-kwp, and not allowed otherwise. Its purpose is wrap, and it must not be weaker than the imported key.',
        ),
      wrappedKey: base64url(8192)
        .min(1)
        .optional()
        .describe(
          'Required with method. The key, wrapped under an AES key with AES key wrap with padding (RFC 5649). A private key is a PKCS#8 PrivateKeyInfo; a secret key is its bytes, for HMAC at least as many as its hash has and at most 128. With rsa-aes-kwp, the AES key itself comes first, encrypted under the wrapping key with RSA-OAEP.',
        ),
    })
    .refine(
      ({ custody, publicKey }) => (custody === 'public') === (publicKey !== undefined),
      'publicKey is required with custody public and not allowed otherwise',
    )
    .refine(
      ({ publicKey, method, wrappedKey }) =>
        (publicKey === undefined) === (method !== undefined) &&
        (publicKey === undefined) === (wrappedKey !== undefined),
      'method and wrappedKey are required, except with publicKey, where they are not allowed',
    )
    .refine(
      ({ method, wrappingKeyId }) => (method === 'aes-kwp') === (wrappingKeyId !== undefined),
      'wrappingKeyId is required with aes-kwp and not allowed otherwise',
    )
    .refine(
      ({ purpose, formerKids }) => purpose !== 'wrap' || formerKids === undefined,
      'formerKids is not allowed for a key whose purpose is wrap',
    )
    .meta({
      id: 'ImportKey',
      ...all(
        {
          if: { properties: { method: { const: 'aes-kwp' } }, ...has('method') },
          then: has('wrappingKeyId'),
          else: lacks('wrappingKeyId'),
        },
        {
          if: { properties: { custody: { const: 'public' } }, ...has('custody') },
          then: { ...has('publicKey'), ...all(lacks('method'), lacks('wrappedKey')) },
          else: { ...has('method', 'wrappedKey'), ...lacks('publicKey') },
        },
      ),
      ...where('formerKids', { not: { properties: { purpose: { const: 'wrap' } }, ...has('purpose') } }),
    }),
  reply: key,
});
