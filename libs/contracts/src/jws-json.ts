import { z } from 'zod';
import { acceptRisk, data, encoding, encodingFits, keyToProtect, oneOrManyOf, token, used } from './crypto-item.js';
import { namingOneKey } from './key-name.js';
import { jwsAlg } from './primitive.js';
import { toldProblem } from './refusal.js';
import { all, encoded } from './rule.js';
import { jwsHeader, signItem, signResult, verifyItem, verifyResult } from './signature.js';

/** The most signatures of one JWS. */
export const maxSignatures = 8;

/** Every member of a header is protected. Requests and replies have schemas of their own. */
const jwsJson = (id: string) =>
  z
    .strictObject({
      payload: data.optional().describe('The payload in base64url. Absent if it is detached.'),
      signatures: z
        .array(
          z.strictObject({
            protected: token.describe('The protected header in base64url. Each signature has its own.'),
            signature: token.describe('The signature in base64url.'),
          }),
        )
        .min(1)
        .max(maxSignatures)
        .describe('The signatures. An unprotected header (the member header) is refused.'),
    })
    .meta({
      id,
      description:
        'A JWS in general JSON serialization (RFC 7515, section 7.2.1). Each signature names its key by its kid.',
    });

const signingKey = namingOneKey({
  ...keyToProtect,
  alg: jwsAlg.optional().describe('One of the key’s algs. Default: the first.'),
  header: jwsHeader.optional(),
});

const names = (keys: readonly z.infer<typeof signingKey>[]): string[] =>
  keys.map(({ keyId, alias }) => keyId ?? `alias ${alias}`);

export const signTogetherItem = z
  .strictObject({
    payload: data,
    encoding,
    keys: z
      .array(signingKey)
      .min(1)
      .max(maxSignatures)
      .refine((keys) => new Set(names(keys)).size === keys.length, 'must not name a key twice')
      .describe('The keys, whose purpose is sign. The answer has the signature of each, or none.'),
    detached: z.boolean().optional().describe('Whether the JWS has no payload (RFC 7515, appendix F). Default: false.'),
  })
  .superRefine(encodingFits('payload'))
  .meta({ id: 'SignTogetherRequest', ...encoded('payload') });

export const signTogetherResult = z
  .strictObject({
    jws: jwsJson('JwsJsonResult'),
    signatures: z.array(z.strictObject({ ...used, alg: jwsAlg })).describe('The key versions that signed, in order.'),
  })
  .meta({ id: 'SignTogetherResult' });

export const verifyPolicies = ['ALL', 'ANY', 'CLASSICAL_REQUIRED', 'PQC_REQUIRED'] as const;
export type VerifyPolicy = (typeof verifyPolicies)[number];

const verifyPolicy = z
  .enum(verifyPolicies)
  .describe(
    'ALL: every signature is valid. ANY: at least one is. CLASSICAL_REQUIRED: at least one is valid whose key is classical. PQC_REQUIRED: at least one is valid whose key is quantum-safe. The class is that of the key’s record, and a MAC is no signature. A signature that was removed is not missed: compare the keyId of each with those you expect.',
  );

export const verifyTogetherItem = z
  .strictObject({
    jws: jwsJson('JwsJson'),
    policy: verifyPolicy.default('ALL'),
    payload: data.optional().describe('The payload, if it is detached.'),
    encoding,
    acceptRisk,
  })
  .superRefine(encodingFits('payload'))
  .refine(({ jws, payload }) => (jws.payload === undefined) !== (payload === undefined), 'send the payload once')
  .meta({
    id: 'VerifyTogetherRequest',
    ...all(encoded('payload'), {
      oneOf: [
        { required: ['payload'], properties: { jws: { not: { required: ['payload'] } } } },
        { not: { required: ['payload'] }, properties: { jws: { required: ['payload'] } } },
      ],
    }),
  });

const verdict = z.union([
  verifyResult,
  z.strictObject({ valid: z.literal(false), error: toldProblem }).meta({ id: 'UnjudgedSignature' }),
]);

export const verifyTogetherResult = z
  .strictObject({
    valid: z.boolean().describe('Whether the signatures fulfil the policy.'),
    policy: verifyPolicy,
    signers: z
      .number()
      .int()
      .nonnegative()
      .describe('The number of keys with a valid signature. Several signatures of one key count once.'),
    signatures: z
      .array(verdict)
      .describe(
        'The verdict on each signature, in order. One that cannot be judged, such as a MAC or one of an unknown key, is not valid and has the error.',
      ),
  })
  .meta({ id: 'VerifyTogetherResult' });

export const sign = oneOrManyOf('sign', [signItem, signTogetherItem], [signResult, signTogetherResult]);
export const verify = oneOrManyOf('verify', [verifyItem, verifyTogetherItem], [verifyResult, verifyTogetherResult]);

export type JwsJson = z.infer<ReturnType<typeof jwsJson>>;
export type SignTogetherItem = z.infer<typeof signTogetherItem>;
export type SignTogetherResult = z.infer<typeof signTogetherResult>;
export type VerifyTogetherItem = z.infer<typeof verifyTogetherItem>;
export type VerifyTogetherResult = z.infer<typeof verifyTogetherResult>;
