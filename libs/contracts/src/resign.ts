import { z } from 'zod';
import {
  acceptRisk,
  aliasToProcess,
  data,
  encoding,
  encodingFits,
  keyToProcess,
  keyToProtect,
  oneOrManyOf,
  token,
  used,
  version,
} from './crypto-item.js';
import { nameKeyAtMostOnce, namesKeyTwice, namingOneKey } from './key-name.js';
import { jwsAlg } from './primitive.js';
import { all, encoded, notTogether } from './rule.js';
import { jwsHeader, verifyResult } from './signature.js';

export const resignItem = z
  .strictObject({
    jws: token.describe('Compact JWS (RFC 7515, section 3.1) under any key of the tenant that verifies.'),
    keyId: keyToProcess,
    alias: aliasToProcess,
    version,
    payload: data.optional().describe('The payload, if it is detached. It is detached from the new JWS, too.'),
    encoding,
    acceptRisk,
    to: namingOneKey({
      ...keyToProtect,
      alg: jwsAlg.optional().describe('One of the key’s algs. Default: the first.'),
    })
      .optional()
      .describe('The key to sign with. Default: the current version of the key that verifies.'),
    header: jwsHeader
      .optional()
      .describe('Members of the new protected header, as in /sign. Default: those of these members that the JWS has.'),
  })
  .superRefine(encodingFits('payload'))
  .refine((item) => !namesKeyTwice(item), nameKeyAtMostOnce)
  .meta({ id: 'ResignRequest', ...all(notTogether('keyId', 'alias'), encoded('payload')) });

export const resignResult = z
  .strictObject({
    valid: z.literal(true),
    jws: z.string().describe('The payload under the other key: a compact JWS.'),
    ...used,
    alg: jwsAlg,
    from: verifyResult,
  })
  .meta({ id: 'ResignResult' });

/** Nothing is signed for a signature that is not valid. */
export const notResigned = z.strictObject({ valid: z.literal(false), from: verifyResult }).meta({ id: 'NotResigned' });

export const resign = oneOrManyOf('resign', [resignItem], [resignResult, notResigned]);

export type ResignItem = z.infer<typeof resignItem>;
export type ResignResult = z.infer<typeof resignResult>;
export type NotResigned = z.infer<typeof notResigned>;
