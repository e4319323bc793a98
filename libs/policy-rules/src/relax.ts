import { defaultContentEncryption } from './content.js';
import { fipsLevels, type PolicyDocument, type Sunset } from './document.js';
import { controlledBy } from './dual-control.js';
import { defaultCustody, type RuleName } from './rule.js';

type Relaxes = (from: PolicyDocument, to: PolicyDocument) => boolean;

/** An entry of the first list is missing in the second. */
const loses = <Item>(first: readonly Item[], second: readonly Item[]): boolean =>
  first.some((item) => !second.includes(item));

/** What FIPS-only asks for, the least first. true stands for `algorithm`. */
const strictness = ({ fipsOnly }: PolicyDocument): number =>
  fipsOnly === false ? 0 : 1 + (fipsOnly === true ? 0 : fipsLevels.indexOf(fipsOnly));

/** An upper bound is higher or absent. */
const raised =
  (field: 'maxKeyLifeDays' | 'maxRotationIntervalDays'): Relaxes =>
  (from, to) =>
    from[field] !== undefined && (to[field] ?? Number.POSITIVE_INFINITY) > from[field];

/** The times at which a sunset ends protecting and processing, in milliseconds since the epoch. Infinity means never. */
const endsOf = ({ protectUntil, processUntil }: Partial<Sunset> = {}): readonly number[] =>
  [protectUntil ?? processUntil, processUntil].map((date) =>
    date === undefined ? Number.POSITIVE_INFINITY : Date.parse(date),
  );

/** For each field: whether it allows something that was refused. Warnings refuse nothing. */
const relaxations = {
  allowedAlgorithms: (from, to) => loses(to.allowedAlgorithms, from.allowedAlgorithms),
  fipsOnly: (from, to) => strictness(to) < strictness(from),
  cnsa2: (from, to) => from.cnsa2 === true && to.cnsa2 !== true,
  minimumStrength: ({ minimumStrength: from = 0 }, { minimumStrength: to = 0 }) => to < from,
  purposes: ({ purposes: from = {} }, { purposes: to = {} }) =>
    (Object.keys(from) as (keyof typeof from)[]).some((algorithm) => {
      const after = to[algorithm];
      return after === undefined || loses(after, from[algorithm] ?? []);
    }),
  custody: ({ custody: from = defaultCustody }, { custody: to = defaultCustody }) => loses(to, from),
  contentEncryption: (
    { contentEncryption: from = defaultContentEncryption },
    { contentEncryption: to = defaultContentEncryption },
  ) => loses(to, from),
  rawKem: ({ rawKem: from = false }, { rawKem: to = false }) => to && !from,
  plaintextDataKeys: ({ plaintextDataKeys: from = false }, { plaintextDataKeys: to = false }) => to && !from,
  maxKeyLifeDays: raised('maxKeyLifeDays'),
  maxRotationIntervalDays: raised('maxRotationIntervalDays'),
  sunsets: ({ sunsets: from = [] }, { sunsets: to = [] }) =>
    from.some((row) => {
      const after = endsOf(to.find(({ algorithm }) => algorithm === row.algorithm));
      return endsOf(row).some((end, index) => (after[index] ?? Number.POSITIVE_INFINITY) > end);
    }),
  requiredLabels: ({ requiredLabels: from = [] }, { requiredLabels: to = [] }) => loses(from, to),
  dualControl: (from, to) => loses(controlledBy(from), controlledBy(to)),
} as const satisfies Record<RuleName, Relaxes>;

/**
 * Whether a policy allows anything that another refuses, field by field. A field that is not shown here to refuse as much as
 * before counts as relaxed, even if another field compensates for it. false means that everything `to` allows, `from` allowed,
 * now and at any time, and that no operation needs fewer people.
 */
export const relaxes = (from: PolicyDocument, to: PolicyDocument): boolean =>
  Object.values(relaxations).some((relaxed) => relaxed(from, to));
