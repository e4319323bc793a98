import { type AlgorithmName, algorithmNames } from '@ankasecure/algorithm';
import { z } from 'zod';

/** A tenant's algorithm policy: what keys may be made and used with. */
export const policyDocument = z.strictObject({
  allowedAlgorithms: z
    .array(z.enum(algorithmNames as readonly [AlgorithmName, ...AlgorithmName[]]))
    .refine((names) => new Set(names).size === names.length, 'each algorithm once')
    .describe('What keys may be made and used with; checked at creation and at every use.'),
  /** Refuses, at creation and at every use, whatever would invoke a primitive that is not FIPS-approved. */
  fipsOnly: z.boolean().describe('Refuses whatever would invoke a primitive that is not FIPS-approved.'),
});
export type PolicyDocument = z.infer<typeof policyDocument>;

/** What a new tenant starts with: everything the table has, FIPS-only off. */
export const initialPolicy: PolicyDocument = { allowedAlgorithms: [...algorithmNames], fipsOnly: false };
