import { z } from 'zod';
import { contract } from './bus.js';
import { createKey, key, publicKey } from './key.js';
import { base64url } from './primitive.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** How a key may come in. `rsa-aes-kwp`: CKM_RSA_AES_KEY_WRAP of PKCS#11 v2.40, section 2.1.21. */
const importMethod = z.enum(['rsa-aes-kwp']);

export const wrappingKey = z
  .strictObject({
    algorithm: z.literal('RSA-4096'),
    generation: z.number().int().positive(),
    publicKey,
    methods: z.array(
      z.strictObject({
        method: importMethod,
        available: z.boolean().describe('Whether this token can take a key in so.'),
        oaepHash: z
          .enum(['SHA-1', 'SHA-256'])
          .describe('For RSA-OAEP, and for its MGF1: what this token can do. The label is empty.'),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'WrappingKey' });
export type WrappingKey = z.infer<typeof wrappingKey>;

/** The tenant's public key to wrap keys with that are brought in. Its private half can unwrap and nothing else. */
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
      method: importMethod,
      wrappedKey: base64url(8192)
        .min(1)
        .describe(
          'An AES key under RSA-OAEP with the wrapping key, followed by the key under that AES key with AES key wrap with padding (RFC 5649): a PKCS#8 PrivateKeyInfo, or the bytes of a secret key.',
        ),
    })
    .meta({ id: 'ImportKey' }),
  reply: key,
});
