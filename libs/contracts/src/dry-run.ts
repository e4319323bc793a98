import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { AnkaError, toldError } from './error.js';
import { keyState } from './key.js';
import { algorithmName, custody, instant, purpose, uuid, warning } from './primitive.js';
import { policyReason, toldProblem } from './refusal.js';

/** How the policy decides. */
export const policyDecision = {
  allow: z.boolean(),
  rule: policyDocument.keyof().describe('The first rule that refuses the use, or the strictest rule that allows it.'),
  source: z.string(),
  reasons: z.array(policyReason),
  until: instant.nullable().describe('The time at which the decision may change by itself, or null if it does not.'),
};

/** What a call would have done: everything was checked, the HSM was not asked, nothing was changed. */
export const dryRun = z
  .strictObject({
    dryRun: z.literal(true),
    operation: z.string().describe('The operation, as audit events name it.'),
    succeeds: z.boolean().describe('Whether the call would succeed, as far as is known without the HSM.'),
    error: toldProblem.optional().describe('The problem that the call would return.'),
    keyId: uuid.optional(),
    version: z.number().int().positive().optional(),
    algorithm: algorithmName.optional(),
    purpose: purpose.optional(),
    custody: custody.optional(),
    changes: z
      .array(
        z.strictObject({
          version: z.number().int().positive(),
          from: keyState,
          to: keyState,
          destroyAt: instant.optional(),
          lastUsedAt: instant
            .nullable()
            .optional()
            .describe('If the version would be destroyed: the time of its last use, or null if it was never used.'),
        }),
      )
      .optional()
      .describe('The changes of state of existing versions.'),
    policy: z.strictObject(policyDecision).optional().describe('The decision of the policy, if it was evaluated.'),
    warnings: z.array(warning).optional(),
  })
  .meta({ id: 'DryRun' });
export type DryRun = z.infer<typeof dryRun>;

/** What a batch would have done. */
export const dryRuns = z.strictObject({ items: z.array(dryRun) });

/** How events name what was only tried: never as what was done. */
export const rehearsalOf = (operation: string): string => `dry-run.${operation}`;

/** What a dry run came to, whatever it was of. */
export const verdictOf = (operation: string, error: AnkaError | undefined): DryRun => ({
  ...{ dryRun: true, operation, succeeds: error === undefined },
  ...(error !== undefined && { error: toldError(error) }),
});

/** How what was only tried ends. */
export type Tried<Result> = { readonly result: Result; readonly error?: never } | { readonly error: AnkaError };

/** A refusal is what a dry run is for; anything else is a failure of the dry run itself. */
export const tried = async <Result>(work: () => Promise<Result>): Promise<Tried<Result>> => {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof AnkaError) return { error };
    throw error;
  }
};
