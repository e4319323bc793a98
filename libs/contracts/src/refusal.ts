import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';

/** A reason why the policy refuses, or would refuse, a request. */
export const policyReason = z
  .strictObject({
    code: z.enum(['policy', 'fips-only', 'module-not-listed', 'module-not-active', 'cnsa2']),
    rule: policyDocument.keyof().describe('The field of the policy that refuses the use.'),
    detail: z.string(),
    source: z.string().describe('The source of the rule: document and section, or the tenant’s own policy.'),
  })
  .meta({ id: 'PolicyReason' });

/** The additional members of a policy refusal. */
export const policyRefusal = z.strictObject({
  rule: policyDocument.keyof().describe('With policy-refused: the first rule that refuses the request.'),
  source: z.string().describe('With policy-refused: the source of that rule.'),
  reasons: z.array(policyReason).describe('With policy-refused: every rule that refuses the request, and why.'),
});

export type Refusal = z.infer<typeof policyRefusal>;

/** A problem inside a successful answer. */
export const toldProblem = z.strictObject({
  code: z.string(),
  status: z.number().int(),
  title: z.string(),
  detail: z.string(),
  ...policyRefusal.partial().shape,
});
