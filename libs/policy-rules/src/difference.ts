import { isDeepStrictEqual } from 'node:util';
import type { AlgorithmName } from '@ankasecure/algorithm';
import type { PolicyDocument } from './document.js';
import type { RuleName } from './rule.js';

/** A difference between two policies: added and removed entries of a list, or the values before and after. */
export interface Difference {
  readonly field: RuleName;
  /** The algorithm of the entry, in fields with one entry per algorithm. */
  readonly algorithm?: AlgorithmName;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  /** null if the field or the entry is absent. */
  readonly before?: unknown;
  readonly after?: unknown;
}

type Compare = (from: PolicyDocument, to: PolicyDocument) => readonly Difference[];

const value =
  (field: RuleName): Compare =>
  (from, to) =>
    isDeepStrictEqual(from[field], to[field]) ? [] : [{ field, before: from[field] ?? null, after: to[field] ?? null }];

const list =
  (field: 'allowedAlgorithms' | 'custody' | 'contentEncryption' | 'requiredLabels' | 'dualControl'): Compare =>
  (from, to) => {
    const [before, after]: (readonly string[] | undefined)[] = [from[field], to[field]];
    if (before === undefined || after === undefined) return value(field)(from, to);
    const added = after.filter((one) => !before.includes(one));
    const removed = before.filter((one) => !after.includes(one));
    return added.length + removed.length === 0 ? [] : [{ field, added, removed }];
  };

type Entries = Readonly<Partial<Record<AlgorithmName, unknown>>>;

const byAlgorithm =
  (field: RuleName, entriesOf: (policy: PolicyDocument) => Entries): Compare =>
  (from, to) => {
    const [before, after] = [entriesOf(from), entriesOf(to)];
    const algorithms = [...new Set(Object.keys({ ...before, ...after }))] as AlgorithmName[];
    return algorithms
      .filter((algorithm) => !isDeepStrictEqual(before[algorithm], after[algorithm]))
      .map((algorithm) => ({
        field,
        algorithm,
        before: before[algorithm] ?? null,
        after: after[algorithm] ?? null,
      }));
  };

const comparisons = {
  allowedAlgorithms: list('allowedAlgorithms'),
  fipsOnly: value('fipsOnly'),
  cnsa2: value('cnsa2'),
  minimumStrength: value('minimumStrength'),
  purposes: byAlgorithm('purposes', ({ purposes }) => purposes ?? {}),
  custody: list('custody'),
  contentEncryption: list('contentEncryption'),
  rawKem: value('rawKem'),
  plaintextDataKeys: value('plaintextDataKeys'),
  maxKeyLifeDays: value('maxKeyLifeDays'),
  maxRotationIntervalDays: value('maxRotationIntervalDays'),
  sunsets: byAlgorithm('sunsets', ({ sunsets = [] }) =>
    Object.fromEntries(sunsets.map(({ algorithm, ...dates }) => [algorithm, dates])),
  ),
  requiredLabels: list('requiredLabels'),
  dualControl: list('dualControl'),
} as const satisfies Record<RuleName, Compare>;

/** The differences between two policies, field by field. Empty if their fields are equal. */
export const differences = (from: PolicyDocument, to: PolicyDocument): readonly Difference[] =>
  Object.values(comparisons).flatMap((compare) => compare(from, to));
