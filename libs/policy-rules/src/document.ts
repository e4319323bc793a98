import {
  type AlgorithmName,
  algorithmNames,
  type ContentAlg,
  contentAlgs,
  joseAlgs,
  type Purpose,
  purposes,
} from '@ankasecure/algorithm';
import { z } from 'zod';
import { instant } from './instant.js';
import { text } from './text.js';

const algorithm = z.enum(algorithmNames as readonly [AlgorithmName, ...AlgorithmName[]]);
const purpose = z.enum(purposes);
const contentAlg = z.enum(contentAlgs as readonly [ContentAlg, ...ContentAlg[]]);
/** Where a private or secret key can be kept; `public` is a key of others, of which only the public half is here. */
export const custodyKinds = ['token', 'wrapped', 'software', 'public'] as const;
export type CustodyKind = (typeof custodyKinds)[number];

/** The operations that a tenant can require two people for. */
export const controlledActions = ['destroy', 'compromise', 'deactivate', 'change-policy', 'relax-policy'] as const;

/** What FIPS-only asks of a request: an approved algorithm, or also the certificate of the HSM's module. */
export const fipsLevels = ['algorithm', 'module'] as const;

const days = z.number().int().min(1).max(36_500);

const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const unique = <Item extends z.ZodType>(what: string, item: Item, most: number) =>
  z.array(item).max(most).refine(distinct, `must not contain a ${what} twice`).meta({ uniqueItems: true });

const inOrder = (...dates: readonly (string | undefined)[]): boolean => {
  const given = dates.filter((date) => date !== undefined).map((date) => Date.parse(date));
  return given.every((date, index) => index === 0 || date >= (given[index - 1] ?? 0));
};

/** Rejects each purpose that keys of its algorithm cannot have. */
const purposesThere = (limits: Partial<Record<AlgorithmName, readonly Purpose[]>>, context: z.RefinementCtx): void => {
  for (const [name, wanted] of Object.entries(limits) as [AlgorithmName, readonly Purpose[]][])
    for (const one of wanted)
      if (joseAlgs(name, one).length === 0)
        context.addIssue({ code: 'custom', path: [name], message: `keys of ${name} cannot have the purpose ${one}` });
};

/** The end dates of an algorithm. Each takes effect at its instant. */
export const sunset = z
  .strictObject({
    algorithm,
    warnFrom: instant
      .optional()
      .describe(
        'The time from which each use that will end carries a warning: always for making keys and protecting, and for processing if it has an end. Default: the time at which the policy version in force was applied.',
      ),
    protectUntil: instant
      .optional()
      .describe(
        'The time from which keys are not made, and do not encrypt, sign or compute MACs. Default: processUntil.',
      ),
    processUntil: instant
      .optional()
      .describe('The time from which keys do not decrypt or verify either. Default: no end.'),
    source: text(256)
      .optional()
      .describe('The document that requires the sunset. It is shown to callers that are refused.'),
  })
  .refine(
    ({ warnFrom, protectUntil, processUntil }) =>
      [warnFrom, protectUntil, processUntil].some((date) => date !== undefined),
    'must have at least one of warnFrom, protectUntil and processUntil',
  )
  .refine(
    ({ warnFrom, protectUntil, processUntil }) => inOrder(warnFrom, protectUntil, processUntil),
    'must have warnFrom, protectUntil and processUntil in this order',
  )
  .meta({ anyOf: ['warnFrom', 'protectUntil', 'processUntil'].map((name) => ({ required: [name] })) });
export type Sunset = z.infer<typeof sunset>;

/**
 * A tenant's policy: the algorithms that keys may be made and used with. The first two fields are required. Each other field
 * restricts something, and has no effect if it is left out. Only `custody`, `contentEncryption`, `rawKem` and `plaintextDataKeys` can also allow something.
 * `dualControl` concerns changes of keys and of the policy. It does not decide whether a key may be made or used.
 */
export const policyDocument = z.strictObject({
  allowedAlgorithms: unique('value', algorithm, algorithmNames.length).describe(
    'The algorithms of keys that may be made and used. Checked at creation and at every use.',
  ),
  /** Refuses every creation and use that would invoke a primitive that is not FIPS-approved. */
  fipsOnly: z
    .union([z.boolean(), z.enum(fipsLevels)])
    .describe(
      'Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled.',
    ),
  cnsa2: z
    .boolean()
    .optional()
    .describe(
      'Allows only the algorithms of CNSA 2.0 to protect data. Algorithms of CNSA 1.0 still decrypt and verify until the end of 2033.',
    ),
  minimumStrength: z
    .number()
    .int()
    .min(112)
    .max(256)
    .optional()
    .describe(
      'The minimum security strength in bits for making keys and protecting data. Data that is already protected can still be processed.',
    ),
  purposes: z
    .partialRecord(algorithm, unique('purpose', purpose, purposes.length))
    .superRefine(purposesThere)
    .optional()
    .describe(
      'The purposes that keys of an algorithm may have, at creation and at every use. An algorithm that is not listed may have any.',
    ),
  custody: unique('kind', z.enum(custodyKinds), custodyKinds.length)
    .optional()
    .describe(
      'Where keys may be kept. Default: in the token or wrapped by it, not in software, and no public keys of others.',
    ),
  contentEncryption: unique('value', contentAlg, contentAlgs.length)
    .min(1)
    .optional()
    .describe(
      'The content encryption algorithms (the JWE header enc) that may encrypt. Default: A256GCM only. Data that is already encrypted with another can still be decrypted, except under cnsa2 with fewer than 256 bits.',
    ),
  rawKem: z
    .boolean()
    .optional()
    .describe(
      'Allows keys of the purpose encapsulate, at creation and at every use. The shared secrets of these keys leave the HSM in plaintext, because they are the answers of /encapsulate and /decapsulate. Default: false.',
    ),
  plaintextDataKeys: z
    .boolean()
    .optional()
    .describe(
      'Allows /datakey to answer with the data key in plaintext as well as encrypted. FIPS-only refuses it all the same. Default: false.',
    ),
  maxKeyLifeDays: days
    .optional()
    .describe(
      'The maximum age of a key in days. An older key no longer protects data, but still decrypts and verifies. A new key cannot have a deactivation date beyond it.',
    ),
  maxRotationIntervalDays: days
    .optional()
    .describe(
      'The maximum age of a key version in days. An older version no longer protects data until its key is rotated. A rotation policy cannot plan a later or less frequent rotation, but a key need not have one.',
    ),
  sunsets: z
    .array(sunset)
    .max(algorithmNames.length)
    .refine((rows) => distinct(rows.map((row) => row.algorithm)), 'must not contain an algorithm twice')
    .meta({ uniqueItems: true })
    .optional()
    .describe('The end dates of algorithms, enforced to the second.'),
  requiredLabels: unique('name', z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), 32)
    .optional()
    .describe('Names that the metadata of a new key must contain. They cannot be removed from a key later.'),
  dualControl: unique('value', z.enum(controlledActions), controlledActions.length)
    .optional()
    .describe(
      'The operations that one person requests and another approves: to destroy a key, to mark it as compromised, to deactivate or revoke it, to change this policy in any way, or to relax it. If the list is not empty, relax-policy is always included, so that one person alone cannot remove the others. It cannot be turned on while two issuers of the tenant can name the same people.',
    ),
});
export type PolicyDocument = z.infer<typeof policyDocument>;

/** Whether the policy asks for the certificate of the HSM's module. */
export const asksForModule = ({ fipsOnly }: Pick<PolicyDocument, 'fipsOnly'>): boolean => fipsOnly === 'module';

/** The policy of a new tenant: every algorithm of the table, without FIPS-only. */
export const initialPolicy: PolicyDocument = { allowedAlgorithms: [...algorithmNames], fipsOnly: false };
