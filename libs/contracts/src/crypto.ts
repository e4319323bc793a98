import { z } from 'zod';
import {
  acceptRisk,
  aliasToProcess,
  data,
  encoding,
  encodingFits,
  keyToProcess,
  keyToProtect,
  oneOrMany,
  token,
  used,
  version,
} from './crypto-item.js';
import { nameKeyAtMostOnce, nameKeyOnce, namesKeyOnce, namesKeyTwice } from './key-name.js';
import { contentAlg, jweAlg } from './primitive.js';
import { all, encoded, exactlyOne, notTogether } from './rule.js';

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

export const encrypt = oneOrMany('encrypt', encryptItem, encryptResult);
export const decrypt = oneOrMany('decrypt', decryptItem, decryptResult);

export type EncryptItem = z.infer<typeof encryptItem>;
export type EncryptResult = z.infer<typeof encryptResult>;
export type DecryptItem = z.infer<typeof decryptItem>;
export type DecryptResult = z.infer<typeof decryptResult>;
