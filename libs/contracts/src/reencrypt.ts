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
import { nameKeyAtMostOnce, namesKeyTwice, namingOneKey } from './key-name.js';
import { contentAlg, jweAlg } from './primitive.js';
import { all, encoded, notTogether } from './rule.js';

export const reencryptItem = z
  .strictObject({
    /** Compact JWE (RFC 7516 §3.1). */
    jwe: token.describe('Compact JWE (RFC 7516, section 3.1) under any key of the tenant that decrypts.'),
    keyId: keyToProcess,
    alias: aliasToProcess,
    version,
    aad: data
      .optional()
      .describe('The additional data of the JWE, if it has any. It is bound to the new JWE in the same way.'),
    /** The encoding of `aad`. */
    encoding,
    acceptRisk,
    to: namingOneKey(keyToProtect)
      .optional()
      .describe('The key to encrypt to. Default: the current version of the key that decrypts.'),
    enc: contentAlg
      .optional()
      .describe('The content encryption of the new JWE, as in /encrypt. Default: A256GCM. The policy must allow it.'),
  })
  .superRefine(encodingFits('aad'))
  .refine((item) => !namesKeyTwice(item), nameKeyAtMostOnce)
  .meta({ id: 'ReencryptRequest', ...all(notTogether('keyId', 'alias'), encoded('aad')) });

const key = { ...used, alg: jweAlg, enc: contentAlg };

export const reencryptResult = z
  .strictObject({
    jwe: z.string().describe('The content under the other key: a compact JWE.'),
    ...key,
    from: z.strictObject(key).describe('The key version that decrypted, and the algorithms of the JWE that was sent.'),
  })
  .meta({ id: 'ReencryptResult' });

export const reencrypt = oneOrMany('reencrypt', reencryptItem, reencryptResult);

export type ReencryptItem = z.infer<typeof reencryptItem>;
export type ReencryptResult = z.infer<typeof reencryptResult>;
