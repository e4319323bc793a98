import { z } from 'zod';
import {
  acceptRisk,
  aliasToProcess,
  keyToProcess,
  keyToProtect,
  oneOrMany,
  token,
  used,
  version,
} from './crypto-item.js';
import { nameKeyAtMostOnce, nameKeyOnce, namesKeyOnce, namesKeyTwice } from './key-name.js';
import { contentAlg, jweAlg } from './primitive.js';
import { exactlyOne, notTogether } from './rule.js';

/** The longest JWK in JSON, in bytes. */
export const maxJwkBytes = 64 * 1024;

/** The deepest that arrays and objects of a JWK may nest. The known members need two levels (`oth`, RFC 7518 §6.3.2.7). */
const maxDepth = 16;

/** Whether arrays and objects nest no deeper than `levels`. It calls itself no more often than that. */
const isWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((one) => isWithin(one, levels - 1)));

/** Whether JSON can be made of a JWK again, whoever made it. */
export const isShallowJwk = (jwk: object): boolean => isWithin(jwk, maxDepth);

/** A key of the caller's own, of any kind. Members other than `kty` are neither read nor changed. */
const callersJwk = z
  .looseObject({ kty: z.enum(['oct', 'RSA', 'EC', 'OKP', 'AKP']) })
  .refine(isShallowJwk, { message: `must nest at most ${maxDepth} levels deep`, abort: true })
  .refine(
    (jwk) => Buffer.byteLength(JSON.stringify(jwk)) <= maxJwkBytes,
    `must be at most ${maxJwkBytes} bytes of JSON`,
  );

export const wrapItem = z
  .strictObject({
    ...keyToProtect,
    jwk: callersJwk.describe(
      'The key to wrap, a secret, private or public JWK (RFC 7517) of the caller’s own. It is stored nowhere.',
    ),
    enc: contentAlg
      .optional()
      .describe('The content encryption of the JWE, as in /encrypt. Default: A256GCM. The policy must allow it.'),
  })
  .refine(namesKeyOnce, nameKeyOnce)
  .meta({ id: 'WrapRequest', ...exactlyOne('keyId', 'alias') });

export const wrapResult = z
  .strictObject({
    jwe: z.string().describe('The JWK under the key: a compact JWE with cty jwk+json (RFC 7517, section 7).'),
    ...used,
    alg: jweAlg,
    enc: contentAlg,
  })
  .meta({ id: 'WrapResult' });

export const unwrapItem = z
  .strictObject({
    jwe: token.describe('Compact JWE whose protected header has cty jwk+json, made by /wrap or by anyone for the key.'),
    keyId: keyToProcess,
    alias: aliasToProcess,
    version,
    acceptRisk,
  })
  .refine((item) => !namesKeyTwice(item), nameKeyAtMostOnce)
  .meta({ id: 'UnwrapRequest', ...notTogether('keyId', 'alias') });

export const unwrapResult = z
  .strictObject({
    jwk: z.looseObject({ kty: z.string() }).describe('The JWK. It is stored nowhere.'),
    ...used,
    alg: jweAlg,
    enc: contentAlg,
  })
  .meta({ id: 'UnwrapResult' });

export const wrap = oneOrMany('wrap', wrapItem, wrapResult);
export const unwrap = oneOrMany('unwrap', unwrapItem, unwrapResult);

export type WrapItem = z.infer<typeof wrapItem>;
export type WrapResult = z.infer<typeof wrapResult>;
export type UnwrapItem = z.infer<typeof unwrapItem>;
export type UnwrapResult = z.infer<typeof unwrapResult>;
