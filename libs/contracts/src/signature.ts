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
  token,
  used,
  version,
} from './crypto-item.js';
import { nameKeyAtMostOnce, nameKeyOnce, namesKeyOnce, namesKeyTwice } from './key-name.js';
import { base64url, jwsAlg, text } from './primitive.js';
import { all, encoded, exactlyOne, has, notTogether, where } from './rule.js';
import { triedInVain } from './versions-tried.js';

/** The forms of a signature that is no JWS. */
const bareFormats = ['raw', 'der'] as const;
const isBare = (format: string): boolean => (bareFormats as readonly string[]).includes(format);

/**
 * The header members that a caller chooses. Those that say which key and algorithm signed, or how to read the rest, are not among
 * them: alg and kid are ours, and crit, b64, jwk, jku, x5u and the like would let a caller speak for others.
 */
export const jwsHeader = z
  .strictObject({
    typ: text(128)
      .optional()
      .describe('The type of the JWS (RFC 7515, section 4.1.9), such as at+jwt (RFC 9068) or dpop+jwt.'),
    cty: text(128).optional().describe('The type of the payload (RFC 7515, section 4.1.10).'),
    iss: text(256).optional().describe('A claim repeated in the header (RFC 7519, section 5.3).'),
    sub: text(256).optional().describe('A claim repeated in the header (RFC 7519, section 5.3).'),
    aud: text(256).optional().describe('A claim repeated in the header (RFC 7519, section 5.3).'),
    url: text(256).optional().describe('The URL that the request goes to (ACME: RFC 8555, section 6.4.1).'),
    nonce: text(256).optional().describe('The nonce of the server (ACME: RFC 8555, section 6.5.2).'),
  })
  .describe(
    'Members of the protected header besides alg and kid, which the service sets. No other member can be chosen: one that names a key or changes how the JWS is read is refused.',
  );

export const signItem = z
  .strictObject({
    ...keyToProtect,
    payload: data.optional(),
    /** base64url of the message's hash, with the length of the algorithm's hash. It requires `raw` or `der` and is not for EdDSA and HMAC. */
    digest: base64url(64)
      .optional()
      .describe(
        'The hash of the message in base64url, with the length of the algorithm’s hash. Requires format raw or der; not possible with EdDSA, HMAC, ML-DSA or SLH-DSA.',
      ),
    /** The encoding of `payload`. */
    encoding,
    format: z
      .enum(['jws', 'jws-detached', 'raw', 'der'])
      .default('jws')
      .describe(
        'A compact JWS, a compact JWS with detached payload (RFC 7515, appendix F), or the bare signature. SLH-DSA keys make only bare signatures. raw is the form of JWS, r‖s for ECDSA; der is ECDSA-Sig-Value (RFC 3279, section 2.2.3), for ECDSA only.',
      ),
    version: version.describe(
      'The version of the key that must sign, for callers that name it in a header of their own. Only the current version signs, so any other is refused. Default: the current version.',
    ),
    header: jwsHeader.optional(),
    certificate: z
      .enum(['thumbprint', 'chain'])
      .optional()
      .describe(
        'Shows the version’s certificate in the protected header of the JWS: x5t#S256, or with chain x5c, too. The header has at most 8 KiB, so a longer chain is refused. Default: no certificate.',
      ),
    alg: jwsAlg.optional().describe('One of the key’s algs. Default: the first.'),
  })
  .superRefine(encodingFits('payload'))
  .refine(namesKeyOnce, nameKeyOnce)
  .refine((item) => (item.payload === undefined) !== (item.digest === undefined), 'send either payload or digest')
  .refine((item) => item.digest === undefined || isBare(item.format), 'digest requires format raw or der')
  .refine((item) => item.header === undefined || !isBare(item.format), 'header requires a JWS')
  .refine((item) => item.certificate === undefined || !isBare(item.format), 'certificate requires a JWS')
  .meta({
    id: 'SignRequest',
    ...all(
      encoded('payload'),
      exactlyOne('keyId', 'alias'),
      exactlyOne('payload', 'digest'),
      where('digest', { properties: { format: { enum: bareFormats } }, ...has('format') }),
      where('header', { properties: { format: { not: { enum: bareFormats } } } }),
      where('certificate', { properties: { format: { not: { enum: bareFormats } } } }),
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
      .describe('A signature in format raw or der, in base64url. For ECDSA, raw is r‖s (RFC 7518, section 3.4).'),
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
    format: z
      .enum(bareFormats)
      .optional()
      .describe('The form of `signature`, as in /sign. Default: raw. der is for ECDSA only.'),
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
  .refine((item) => item.jws === undefined || item.format === undefined, 'format requires signature')
  .meta({
    id: 'VerifyRequest',
    ...all(
      encoded('payload'),
      exactlyOne('jws', 'signature'),
      notTogether('keyId', 'alias'),
      where('signature', all(exactlyOne('keyId', 'alias'), exactlyOne('payload', 'digest'))),
      notTogether('jws', 'digest'),
      notTogether('jws', 'format'),
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
      .describe(
        'If the signature is not valid: what it may be instead, such as ECDSA in DER, or a detached JWS whose payload was not sent.',
      ),
  })
  .meta({ id: 'VerifyResult' });

export type JwsHeader = z.infer<typeof jwsHeader>;
export type SignItem = z.infer<typeof signItem>;
export type SignResult = z.infer<typeof signResult>;
export type VerifyItem = z.infer<typeof verifyItem>;
export type VerifyResult = z.infer<typeof verifyResult>;
