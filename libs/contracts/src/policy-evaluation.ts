import { policyDocument, uses } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { contract } from './bus.js';
import { policyDecision } from './dry-run.js';
import {
  algorithmName,
  contentAlg,
  cursor,
  custody,
  instant,
  keyIdOnly,
  purpose,
  text,
  uuid,
  warning,
} from './primitive.js';
import { policyReason } from './refusal.js';
import { all, exactlyOne, lacks, where } from './rule.js';

const days = z.number().int().min(1).max(36_500);

/** A reason of the platform or the token against a call that the policy allows. */
const platformReason = z
  .strictObject({
    code: z
      .enum(['purpose-mismatch', 'algorithm-unavailable'])
      .describe('The code of the problem that the call would return.'),
    rule: z
      .literal('platform')
      .describe('The reason is not a rule of the policy: the platform or the token cannot do it.'),
    detail: z.string(),
    source: z.string(),
  })
  .meta({ id: 'PlatformReason' });

/** Evaluates the enforced copy of the policy, with the steps that this token leaves to the worker. */
export const evaluatePolicy = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.policy.evaluate',
  request: z
    .strictObject({
      use: z
        .enum(uses)
        .describe(
          'create is to make a key with POST /keys; protect is to encrypt, encapsulate, sign or compute a MAC; process is to decrypt, decapsulate, verify or unwrap.',
        ),
      keyId: keyIdOnly.optional().describe('An existing key, which then decides algorithm, purpose and custody.'),
      algorithm: algorithmName.optional(),
      purpose: purpose.optional().describe('Default: the first purpose of the algorithm.'),
      custody: custody.optional().describe('Default: token.'),
      lifeDays: days.optional().describe('Planned lifetime of a new key in days.'),
      rotationDays: days.optional().describe('Planned rotation interval in days.'),
      labels: z.array(text(64)).max(64).optional().describe('The names in the metadata of a new key.'),
      enc: contentAlg
        .optional()
        .describe('The content encryption, to evaluate encrypting or decrypting with it. Default: none.'),
      at: instant.optional().describe('The time to evaluate the policy at. Default: now.'),
    })
    .refine(
      ({ keyId, algorithm }) => (keyId === undefined) !== (algorithm === undefined),
      'send either keyId or algorithm',
    )
    .refine(
      ({ keyId, use }) => keyId === undefined || use !== 'create',
      'use create requires algorithm, because the key of keyId exists already',
    )
    .refine(
      ({ keyId, purpose: asked, custody: place }) =>
        keyId === undefined || (asked === undefined && place === undefined),
      'purpose and custody are allowed only with algorithm',
    )
    .meta({
      id: 'EvaluatePolicy',
      ...all(
        exactlyOne('keyId', 'algorithm'),
        where('keyId', {
          properties: { use: { enum: ['protect', 'process'] } },
          ...all(lacks('purpose'), lacks('custody')),
        }),
      ),
    }),
  reply: z
    .strictObject({
      ...policyDecision,
      rule: z
        .union([policyDecision.rule, platformReason.shape.rule])
        .describe(
          'The first rule that refuses the use, or the strictest rule that allows it. platform means that the policy allows the use but the platform or the token cannot perform it.',
        ),
      reasons: z.array(z.union([policyReason, platformReason])),
      warnings: z.array(warning),
      policyVersion: z.number().int().positive(),
      algorithm: algorithmName,
      purpose,
      custody,
      outsideSteps: z.array(z.string()).describe('The steps that this token leaves to the worker.'),
    })
    .meta({ id: 'PolicyEvaluation' }),
});

/** The uses that a change would refuse and that are allowed now, in pages of key versions. Past operations are on the first page. */
export const evaluatePolicyChange = contract({
  owner: 'crypto-worker',
  callers: ['gateway'],
  subject: 'crypto.{partition}.policy.evaluate-change',
  request: z
    .strictObject({
      document: policyDocument.describe('The proposed policy document.'),
      days: z
        .number()
        .int()
        .min(1)
        .max(30)
        .default(30)
        .describe('The number of past days whose operations are checked.'),
      limit: z
        .number()
        .int()
        .min(1)
        .max(5000)
        .default(1000)
        .describe('The number of key versions that one answer checks.'),
      cursor: cursor.optional(),
    })
    .meta({ id: 'EvaluatePolicyChange' }),
  reply: z
    .strictObject({
      policyVersion: z
        .number()
        .int()
        .positive()
        .describe('The policy version in force that the proposal is compared with.'),
      versions: z
        .strictObject({
          checked: z.number().int().nonnegative(),
          refused: z.number().int().nonnegative(),
          items: z.array(
            z.strictObject({
              keyId: uuid,
              label: z.string(),
              version: z.number().int().positive(),
              algorithm: algorithmName,
              purpose,
              custody,
              refused: z.array(z.strictObject({ use: z.enum(['protect', 'process']), reasons: z.array(policyReason) })),
            }),
          ),
          next: z.string().nullable(),
        })
        .describe('The key versions on this page that would lose a use they have now.'),
      operations: z
        .strictObject({
          since: instant,
          checked: z.number().int().nonnegative().describe('The number of sealed, successful calls since then.'),
          refused: z.number().int().nonnegative(),
          complete: z.boolean().describe('False if only the most frequent kinds of calls were checked.'),
          items: z.array(
            z.strictObject({
              operation: z.string(),
              keyId: uuid,
              version: z.number().int().positive(),
              algorithm: algorithmName,
              count: z.number().int().positive(),
              lastAt: instant,
              reasons: z.array(policyReason),
            }),
          ),
        })
        .nullable()
        .describe(
          'The recent calls that the proposed policy would have refused: encrypt, decrypt, sign, verify, encapsulate, decapsulate, key.create, key.import and key.rotate. Their content encryption is not taken into account. null after the first page.',
        ),
    })
    .meta({ id: 'PolicyChangeEvaluation' }),
});
