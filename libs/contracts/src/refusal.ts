import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';

/** Why the policy refuses something, or would. */
export const policyReason = z
  .strictObject({
    code: z.enum(['policy', 'fips-only', 'cnsa2']),
    rule: policyDocument.keyof().describe('The field of the policy.'),
    detail: z.string(),
    source: z.string().describe('What the rule rests on: document and section, or the tenant’s own policy.'),
  })
  .meta({ id: 'PolicyReason' });

/** What a refusal by the policy says besides its detail. */
export const policyRefusal = z.strictObject({
  rule: policyDocument.keyof().describe('Of policy-refused: the first rule that objects.'),
  source: z.string().describe('Of policy-refused: what that rule rests on.'),
  reasons: z.array(policyReason).describe('Of policy-refused: every rule that objects, and why.'),
});

export type Refusal = z.infer<typeof policyRefusal>;

/** A problem as a part of an answer that is no problem itself. */
export const toldProblem = z.strictObject({
  ...{ code: z.string(), status: z.number().int(), title: z.string(), detail: z.string() },
  ...policyRefusal.partial().shape,
});
