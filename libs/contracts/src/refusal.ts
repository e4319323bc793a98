import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';

/** Why the policy refuses something, or would. */
export const policyReason = z
  .strictObject({
    code: z.enum(['policy', 'fips-only', 'cnsa2']),
    rule: policyDocument.keyof().describe('The field of the policy that refuses the use.'),
    detail: z.string(),
    source: z.string().describe('The source of the rule: document and section, or the tenant’s own policy.'),
  })
  .meta({ id: 'PolicyReason' });

/** What a refusal by the policy says besides its detail. */
export const policyRefusal = z.strictObject({
  rule: policyDocument.keyof().describe('With policy-refused: the first rule that refuses the request.'),
  source: z.string().describe('With policy-refused: the source of that rule.'),
  reasons: z.array(policyReason).describe('With policy-refused: every rule that refuses the request, and why.'),
});

export type Refusal = z.infer<typeof policyRefusal>;

/** A problem as a part of an answer that is no problem itself. */
export const toldProblem = z.strictObject({
  ...{ code: z.string(), status: z.number().int(), title: z.string(), detail: z.string() },
  ...policyRefusal.partial().shape,
});
