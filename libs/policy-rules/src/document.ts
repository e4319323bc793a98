import { type AlgorithmName, algorithmNames, joseAlgs, type Purpose, purposes } from '@ankasecure/algorithm';
import { z } from 'zod';
import { instant } from './instant.js';
import { text } from './text.js';

const algorithm = z.enum(algorithmNames as readonly [AlgorithmName, ...AlgorithmName[]]);
const purpose = z.enum(purposes);
/** Where a private or secret key can be. */
export const custodyKinds = ['token', 'wrapped', 'software'] as const;
export type CustodyKind = (typeof custodyKinds)[number];

/** What a tenant may want two people for. */
export const controlledDeeds = ['destroy', 'compromise', 'relax-policy'] as const;

const days = z.number().int().min(1).max(36_500);

const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const unique = <Item extends z.ZodType>(what: string, item: Item) =>
  z.array(item).refine(distinct, `each ${what} once`);

const inOrder = (...dates: readonly (string | undefined)[]): boolean => {
  const given = dates.filter((date) => date !== undefined).map((date) => Date.parse(date));
  return given.every((date, index) => index === 0 || date >= (given[index - 1] ?? 0));
};

/** Objects to each purpose that keys of its algorithm do not have. */
const purposesThere = (limits: Partial<Record<AlgorithmName, readonly Purpose[]>>, context: z.RefinementCtx): void => {
  for (const [name, wanted] of Object.entries(limits) as [AlgorithmName, readonly Purpose[]][])
    for (const one of wanted)
      if (joseAlgs(name, one).length === 0)
        context.addIssue({ code: 'custom', path: [name], message: `there are no keys of ${name} for ${one}` });
};

/** The way out of an algorithm. Each date is the first moment at which it holds. */
export const sunset = z
  .strictObject({
    algorithm,
    warnFrom: instant
      .optional()
      .describe(
        'From then on each use that is to end is warned of: making keys and protecting always, processing where it has an end. When left out, from when the version of the policy in force was applied.',
      ),
    protectUntil: instant
      .optional()
      .describe('From then on no key is made, and none encrypts, signs or computes a MAC. processUntil when left out.'),
    processUntil: instant.optional().describe('From then on no key decrypts or verifies either. No end when left out.'),
    source: text(256).optional().describe('The document that demands it, for whoever is refused.'),
  })
  .refine(
    ({ warnFrom, protectUntil, processUntil }) =>
      [warnFrom, protectUntil, processUntil].some((date) => date !== undefined),
    'at least one of warnFrom, protectUntil and processUntil is expected',
  )
  .refine(
    ({ warnFrom, protectUntil, processUntil }) => inOrder(warnFrom, protectUntil, processUntil),
    'warnFrom, protectUntil and processUntil must be in this order',
  );
export type Sunset = z.infer<typeof sunset>;

/**
 * A tenant's algorithm policy: what keys may be made and used with. The first two fields suffice; each other one takes
 * something away, and left out it takes nothing (`custody` alone can also give: `software`). `dualControl` is about what
 * people do to keys and to the policy; whether a key may be made or used does not go by it.
 */
export const policyDocument = z.strictObject({
  allowedAlgorithms: unique('algorithm', algorithm).describe(
    'What keys may be made and used with; checked at creation and at every use.',
  ),
  /** Refuses, at creation and at every use, whatever would invoke a primitive that is not FIPS-approved. */
  fipsOnly: z.boolean().describe('Refuses whatever would invoke a primitive that is not FIPS-approved.'),
  cnsa2: z
    .boolean()
    .optional()
    .describe('Protects with the algorithms of CNSA 2.0 alone; those of CNSA 1.0 still decrypt and verify until 2033.'),
  minimumStrength: z
    .number()
    .int()
    .min(112)
    .max(256)
    .optional()
    .describe('Least security strength in bits for making keys and protecting. What is protected may be processed.'),
  purposes: z
    .partialRecord(algorithm, unique('purpose', purpose))
    .superRefine(purposesThere)
    .optional()
    .describe(
      'What keys of an algorithm may be for, at creation and at every use; an algorithm not named is not limited.',
    ),
  custody: unique('kind', z.enum(custodyKinds))
    .optional()
    .describe('Where keys may be. Without it in the token or wrapped by it, and never in software.'),
  maxKeyLifeDays: days
    .optional()
    .describe(
      'A key older than this protects no more, whether or not it has a date of deactivation, and none is made with a later one. It still decrypts and verifies.',
    ),
  maxRotationIntervalDays: days
    .optional()
    .describe(
      'A version older than this protects no more: rotate its key. No rotation can be planned that comes later or less often; a key may be made without a plan.',
    ),
  sunsets: z
    .array(sunset)
    .refine((rows) => distinct(rows.map((row) => row.algorithm)), 'each algorithm once')
    .optional()
    .describe('Algorithms on their way out, obeyed to the second.'),
  requiredLabels: unique('name', z.string().regex(/^[A-Za-z0-9._-]{1,64}$/))
    .max(32)
    .optional()
    .describe('Names that the metadata of a new key must have, and that are not taken off again.'),
  dualControl: unique('deed', z.enum(controlledDeeds))
    .optional()
    .describe(
      'What one person asks for and another approves: destroying a key, marking one as compromised, relaxing this policy. As soon as there is one, relax-policy is among them, listed or not: else whoever is alone would take the others off first.',
    ),
});
export type PolicyDocument = z.infer<typeof policyDocument>;

/** What a new tenant starts with: everything the table has, FIPS-only off. */
export const initialPolicy: PolicyDocument = { allowedAlgorithms: [...algorithmNames], fipsOnly: false };
