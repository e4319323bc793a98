import { policyDocument } from '@ankasecure/policy-rules';
import { z } from 'zod';
import { AnkaError, toldError } from './error.js';
import { maxUnsound, restoreReport, unsoundTrail } from './history.js';
import { keyState } from './key.js';
import { algorithmName, custody, instant, purpose, uuid, warning } from './primitive.js';
import { policyReason, toldProblem } from './refusal.js';

/** The decision of the policy. */
export const policyDecision = {
  allow: z.boolean(),
  rule: policyDocument.keyof().describe('The first rule that refuses the use, or the strictest rule that allows it.'),
  source: z.string(),
  reasons: z.array(policyReason),
  until: instant.nullable().describe('The time at which the decision may change by itself, or null if it does not.'),
};

/** The report of a dry run: everything was checked, the HSM was not used, nothing was changed. */
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
    refusedTrails: z.array(unsoundTrail).max(maxUnsound).optional().describe('The trails that would stay refused.'),
    restored: restoreReport.omit({ tenantId: true }).optional().describe('What a restore would do with the records.'),
  })
  .meta({ id: 'DryRun' });
export type DryRun = z.infer<typeof dryRun>;

/** The report of a dry run of a batch. */
export const dryRuns = z.strictObject({ items: z.array(dryRun) });

/** The name of a dry run in events, which differs from the operation's name. */
export const dryRunNameOf = (operation: string): string => `dry-run.${operation}`;

/** The report of a dry run of any operation. */
export const verdictOf = (operation: string, error: AnkaError | undefined): DryRun => ({
  dryRun: true,
  operation,
  succeeds: error === undefined,
  ...(error !== undefined && { error: toldError(error) }),
});

/** The outcome of a dry run. */
export type Tried<Result> = { readonly result: Result; readonly error?: never } | { readonly error: AnkaError };

/** Returns a refusal as the outcome. Any other error is a failure of the dry run itself. */
export const tried = async <Result>(work: () => Promise<Result>): Promise<Tried<Result>> => {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof AnkaError) return { error };
    throw error;
  }
};
