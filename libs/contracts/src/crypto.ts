import { maxSignatureBytes } from '@ankasecure/algorithm';
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
import { base64url, contentAlg, jweAlg, jwsAlg } from './primitive.js';
import { all, encoded, exactlyOne, has, notTogether, where } from './rule.js';
import { triedInVain } from './versions-tried.js';

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

export const encrypt = oneOrMany('encrypt', encryptItem, encryptResult);
export const decrypt = oneOrMany('decrypt', decryptItem, decryptResult);
export const sign = oneOrMany('sign', signItem, signResult);
export const verify = oneOrMany('verify', verifyItem, verifyResult);

export type EncryptItem = z.infer<typeof encryptItem>;
export type EncryptResult = z.infer<typeof encryptResult>;
export type DecryptItem = z.infer<typeof decryptItem>;
export type DecryptResult = z.infer<typeof decryptResult>;
export type SignItem = z.infer<typeof signItem>;
export type SignResult = z.infer<typeof signResult>;
export type VerifyItem = z.infer<typeof verifyItem>;
export type VerifyResult = z.infer<typeof verifyResult>;
