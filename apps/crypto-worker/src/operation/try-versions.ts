import { type AnkaError, type ErrorCode, mostVersionsTried, type VersionsNotTried } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';
import type { Attempt } from './attempt.js';
import type { ItemRecord } from './item-record.js';

/** Why a version was not tried. */
type Reason = VersionsNotTried['reason'];

/** Why a version is not the one that an item means: it was tried and does not fit, or it may not be used. */
export type Misfit = 'does-not-fit' | Exclude<Reason, 'limit'>;

const misfits: Partial<Record<ErrorCode, Misfit>> = {
  'decryption-failed': 'does-not-fit',
  'key-state': 'state',
  'policy-refused': 'policy',
  'algorithm-unavailable': 'algorithm',
};

export const misfitOf = ({ code }: AnkaError): Misfit | undefined => misfits[code];

/** One try of one version. */
export interface Trial {
  readonly record: ItemRecord;
  readonly misfit?: Misfit;
  /** Ends the item with this try. It reads what the record holds by then. */
  readonly end: () => Attempt;
}

interface Versions {
  /** Whether the item leaves the version of this key open. */
  readonly isOpen: (key: KeyVersion) => boolean;
  /** Whether a version is not followed yet. Data of a later one must not be taken for that of none. */
  readonly isCurrent: (key: KeyVersion) => Promise<boolean>;
}

/**
 * Tries the current version of a key and, while none fits, earlier ones, newest first: data without a kid may be of any version
 * that may process it. If none fits, the outcome is that of the first one, and names the versions that were tried and those
 * that were not.
 * @param trial tries one version, or the current one
 */
export const tryVersions = async (
  trial: (version?: number, earlier?: ItemRecord) => Promise<Trial>,
  { isOpen, isCurrent }: Versions,
): Promise<Attempt> => {
  const first = await trial();
  const { key } = first.record;
  if (first.misfit === undefined || key === null || !isOpen(key)) return first.end();
  const misfits = new Map([[key.version, first.misfit]]);
  const lowest = Math.max(1, key.version - mostVersionsTried + 1);
  let last = first;
  for (let version = key.version - 1; version >= lowest; version--) {
    last = await trial(version, last.record);
    if (last.misfit === undefined) return last.end();
    misfits.set(version, last.misfit);
  }
  if (await isCurrent(key)) return inVain(first, misfits, last);
  const newer = await trial();
  if (newer.misfit === undefined) return newer.end();
  const version = newer.record.key?.version;
  return inVain(newer, version === undefined ? misfits : new Map([[version, newer.misfit], ...misfits]), last);
};

/** @param misfits of each version, newest first and without a gap */
const inVain = (first: Trial, misfits: ReadonlyMap<number, Misfit>, last: Trial): Attempt => {
  first.record.tried = [...misfits].flatMap(([version, misfit]) => (misfit === 'does-not-fit' ? [version] : []));
  first.record.notTried = notTried(misfits);
  first.record.keyQuota = last.record.keyQuota;
  return first.end();
};

/** The versions that were not tried, newest first. Neighbours with the same reason are one range. */
const notTried = (misfits: ReadonlyMap<number, Misfit>): readonly VersionsNotTried[] => {
  const ranges: VersionsNotTried[] = [];
  for (const [version, reason] of misfits) {
    if (reason === 'does-not-fit') continue;
    const before = ranges.at(-1);
    const follows = before?.reason === reason && before.from === version + 1;
    ranges.splice(follows ? -1 : ranges.length, 1, { from: version, to: follows ? before.to : version, reason });
  }
  const below = Math.min(...misfits.keys()) - 1;
  return below > 0 ? [...ranges, { from: 1, to: below, reason: 'limit' }] : ranges;
};
