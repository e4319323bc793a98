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

/** @param isEarlier whether an earlier version was tried. A restore may have counted that one as lost: then there is none */
export const misfitOf = ({ code }: AnkaError, isEarlier: boolean): Misfit | undefined =>
  isEarlier && code === 'key-not-found' ? 'state' : misfits[code];

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

/** Tries one version, or the current one. A further trial of an item goes on from the record of the one before. */
type Try = (version?: number, earlier?: ItemRecord) => Promise<Trial>;

/** The trials of versions in a row, newest first. They end with the one that fits, if there is one. */
interface Trials {
  readonly first: Trial;
  readonly last: Trial;
  /** The versions that are not the one, newest first. */
  readonly misfits: ReadonlyMap<number, Misfit>;
}

/**
 * Tries the current version of a key and, while none fits, earlier ones, newest first: data without a kid may be of any version
 * that may process it. If none fits, the outcome is that of the first one, and names the versions that were tried and those
 * that were not. If the key was rotated meanwhile, however often, the versions that have come are tried too.
 */
export const tryVersions = async (trial: Try, { isOpen, isCurrent }: Versions): Promise<Attempt> => {
  const first = await trial();
  const { key } = first.record;
  if (first.misfit === undefined || key === null || !isOpen(key)) return first.end();
  const known = await descend(trial, first, 0);
  if (known.last.misfit === undefined) return known.last.end();
  if (await isCurrent(key)) return inVain(known);
  const newer = await descend(trial, await trial(), key.version);
  if (newer.last.misfit === undefined) return newer.last.end();
  return inVain({ ...newer, misfits: new Map([...newer.misfits, ...known.misfits]) });
};

/** Goes on from a trial with earlier versions, newest first, until one fits. @param above a version: only later ones are tried */
const descend = async (trial: Try, first: Trial, above: number): Promise<Trials> => {
  const newest = first.record.key?.version ?? 0;
  const misfits = new Map<number, Misfit>();
  const oldest = Math.max(above, newest - mostVersionsTried) + 1;
  let [version, last] = [newest, first];
  while (last.misfit !== undefined) {
    misfits.set(version, last.misfit);
    if (--version < oldest) break;
    last = await trial(version, last.record);
  }
  return { first, last, misfits };
};

const inVain = ({ first, last, misfits }: Trials): Attempt => {
  first.record.tried = [...misfits].flatMap(([version, misfit]) => (misfit === 'does-not-fit' ? [version] : []));
  first.record.notTried = notTried(misfits);
  first.record.keyQuota = last.record.keyQuota;
  return first.end();
};

/** The versions that were not tried, newest first. Neighbours with the same reason are one range. */
const notTried = (misfits: ReadonlyMap<number, Misfit>): readonly VersionsNotTried[] => {
  const ranges: VersionsNotTried[] = [];
  const add = (from: number, to: number, reason: Reason): void => {
    const before = ranges.at(-1);
    const follows = before?.reason === reason && before.from === to + 1;
    ranges.splice(follows ? -1 : ranges.length, 1, { from, to: follows ? before.to : to, reason });
  };
  let below = Math.max(...misfits.keys());
  for (const [version, reason] of misfits) {
    if (version < below) add(version + 1, below, 'limit');
    if (reason !== 'does-not-fit') add(version, version, reason);
    below = version - 1;
  }
  if (below > 0) add(1, below, 'limit');
  return ranges;
};
