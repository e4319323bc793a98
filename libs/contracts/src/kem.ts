import { maxKemCiphertextBytes, minKemCiphertextBytes } from '@ankasecure/algorithm';
import { z } from 'zod';
import { acceptRisk, aliasToProcess, keyToProtect, oneOrMany, used, version } from './crypto-item.js';
import { nameKeyOnce, namesKeyOnce } from './key-name.js';
import { base64url, kemAlg, keyIdOrAlias } from './primitive.js';
import { exactlyOne } from './rule.js';

/** The characters of the shortest ciphertext. Which of the lengths it must have, the key decides. */
const leastCiphertext = (minKemCiphertextBytes * 4) / 3;

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
    ciphertext: base64url(maxKemCiphertextBytes)
      .min(leastCiphertext)
      .describe(
        'The ciphertext of ML-KEM in base64url, with the length of the parameter set. A ciphertext that was changed gives another secret, and no error (implicit rejection, FIPS 203, section 7.3).',
      ),
    acceptRisk,
  })
  .refine(namesKeyOnce, nameKeyOnce)
  .meta({ id: 'DecapsulateRequest', ...exactlyOne('keyId', 'alias') });

export const decapsulateResult = z
  .strictObject({ sharedSecret, ...used, alg: kemAlg })
  .meta({ id: 'DecapsulateResult' });

export const encapsulate = oneOrMany('encapsulate', encapsulateItem, encapsulateResult);
export const decapsulate = oneOrMany('decapsulate', decapsulateItem, decapsulateResult);

export type EncapsulateItem = z.infer<typeof encapsulateItem>;
export type EncapsulateResult = z.infer<typeof encapsulateResult>;
export type DecapsulateItem = z.infer<typeof decapsulateItem>;
export type DecapsulateResult = z.infer<typeof decapsulateResult>;
