import { moduleCertificate, policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { contract } from './bus.js';
import { algorithmName, contentAlg, jweAlg, jwsAlg, kemAlg, purpose, warning, wrapAlg } from './primitive.js';

export const exclusionCodes = [
  'policy',
  'fips-only',
  'module-not-listed',
  'module-not-active',
  'cnsa2',
  'token-lacks-mechanism',
  'self-test-failed',
  'self-test-pending',
] as const;

const verdict = z
  .strictObject({
    verdict: z.enum(['yes', 'no', 'unknown']).describe('unknown counts as not fulfilled.'),
    reason: z.string(),
  })
  .meta({ id: 'FipsVerdict' });

const fipsVerdicts = z.strictObject({
  approved: verdict.describe('Whether NIST approves the algorithm to protect data now.'),
  listed: verdict.describe('Whether the certificate of the HSM’s module lists it as approved.'),
  active: verdict.describe('Whether that certificate is active today, for the firmware of the HSM.'),
});

export const listAlgorithms = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.algorithm.list',
  request: z.strictObject({}),
  reply: z.strictObject({
    items: z.array(
      z
        .strictObject({
          algorithm: algorithmName,
          /** One row per purpose: the available JOSE algorithms now, and the reasons for the others. */
          purpose,
          algs: z.array(z.union([jwsAlg, jweAlg, wrapAlg, kemAlg])),
          available: z.boolean(),
          software: z
            .boolean()
            .describe('True if the token does not support the algorithm and the policy allows custody software.'),
          custodies: z
            .array(z.enum(['token', 'wrapped', 'software']))
            .describe('The custodies that a new key can have, by the policy and by what is known of the token.'),
          publicKeys: z
            .array(z.enum(['verify', 'encrypt', 'encapsulate']))
            .describe(
              'What an imported public key (custody public) of this row can be used for, if the policy allows it. Empty if it allows none, or such keys have no public half.',
            ),
          /** The uses that existing keys have. */
          uses: z.array(z.enum(['protect', 'process'])).describe('The uses that existing keys have.'),
          reasons: z.array(
            z.strictObject({
              code: z.enum(exclusionCodes),
              detail: z.string(),
              /** If the policy excludes it: the field of the policy and its source. */
              rule: z.string().optional().describe('The field of the policy that excludes the algorithm.'),
              source: z.string().optional().describe('The source of the rule: document and section.'),
            }),
          ),
          warnings: z.array(warning),
          outsideSteps: z
            .array(
              z.strictObject({
                alg: z.union([jwsAlg, jweAlg, wrapAlg, kemAlg]),
                step: z.string(),
                detail: z.string(),
                fipsOnlyRefuses: z
                  .boolean()
                  .describe('True if a policy with fipsOnly refuses the step. Otherwise its answers name it.'),
              }),
            )
            .describe('The steps that run in the worker, outside the HSM.'),
          strength: z.number().int(),
          quantumSafe: z.boolean(),
          fips: z.strictObject({ approved: z.boolean(), source: z.string() }),
          verdicts: fipsVerdicts.describe(
            'What FIPS-approved says of these keys in this HSM, in three parts. A policy with fipsOnly asks for the first; with fipsOnly module for all three.',
          ),
        })
        .meta({ id: 'AlgorithmAvailability' }),
    ),
    contentEncryption: z
      .array(
        z
          .strictObject({
            enc: contentAlg,
            uses: z
              .array(z.enum(['protect', 'process']))
              .describe('protect: /encrypt may ask for it. process: /decrypt opens it.'),
            strength: z.number().int(),
            quantumSafe: z.boolean(),
            fips: z.strictObject({ approved: z.boolean(), source: z.string() }),
          })
          .meta({ id: 'ContentEncryption' }),
      )
      .describe('The content encryption algorithms of JWEs (the header enc). A key with alg dir has only A256GCM.'),
    hsm: z.strictObject({
      partition: z.string(),
      profile: z.string(),
      token: z.string(),
      serial: z.string(),
      manufacturer: z.string(),
      model: z.string(),
      firmware: z.string(),
      cmvp: moduleCertificate
        .nullable()
        .describe('The certificate of the HSM’s module, as the configuration of the partition has it.'),
    }),
    policyVersion: z.number().int().positive(),
    fipsOnly: policyDocument.shape.fipsOnly,
  }),
});
