import { z } from 'zod';
import { keyToProtect, oneOrMany, used } from './crypto-item.js';
import { nameKeyOnce, namesKeyOnce } from './key-name.js';
import { contentAlg, jweAlg } from './primitive.js';
import { exactlyOne } from './rule.js';

/** The most random bytes of one item. */
export const maxRandomBytes = 1024;

export const randomItem = z
  .strictObject({
    bytes: z.number().int().min(1).max(maxRandomBytes).describe('The number of random bytes.'),
  })
  .meta({ id: 'RandomRequest' });

export const randomResult = z
  .strictObject({ random: z.string().describe('Random bytes of the HSM in base64url. They are stored nowhere.') })
  .meta({ id: 'RandomResult' });

export const dataKeyItem = z
  .strictObject({
    ...keyToProtect,
    bytes: z
      .number()
      .int()
      .min(16)
      .max(64)
      .default(32)
      .describe('The length of the data key in bytes. Default: 32, a key of AES-256.'),
    enc: contentAlg
      .optional()
      .describe('The content encryption of the JWE, as in /encrypt. Default: A256GCM. The policy must allow it.'),
    plaintext: z
      .boolean()
      .default(false)
      .describe(
        'Whether the answer has the data key in plaintext, too. The policy must set plaintextDataKeys. Without it, /decrypt tells the data key to whom it is granted.',
      ),
  })
  .refine(namesKeyOnce, nameKeyOnce)
  .meta({ id: 'DataKeyRequest', ...exactlyOne('keyId', 'alias') });

export const dataKeyResult = z
  .strictObject({
    jwe: z.string().describe('The data key under the key: a compact JWE whose content is the bytes of the data key.'),
    plaintext: z.string().optional().describe('The data key in base64url. It left the HSM and is stored nowhere.'),
    ...used,
    alg: jweAlg,
    enc: contentAlg,
  })
  .meta({ id: 'DataKeyResult' });

export const random = oneOrMany('random', randomItem, randomResult);
export const dataKey = oneOrMany('datakey', dataKeyItem, dataKeyResult);

export type RandomItem = z.infer<typeof randomItem>;
export type RandomResult = z.infer<typeof randomResult>;
export type DataKeyItem = z.infer<typeof dataKeyItem>;
export type DataKeyResult = z.infer<typeof dataKeyResult>;
