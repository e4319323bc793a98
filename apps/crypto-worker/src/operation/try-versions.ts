import { type AnkaError, type ErrorCode, mostVersionsTried } from '@ankasecure/contracts';
import type { KeyVersion } from '../key/key-version.js';
import type { Attempt } from './attempt.js';
import type { ItemRecord } from './item-record.js';

/** Why a version is not the one that an item means: it was tried and does not fit, or it may not be used. */
export type Misfit = 'does-not-fit' | 'may-not';

const misfits: Partial<Record<ErrorCode, Misfit>> = {
  'decryption-failed': 'does-not-fit',
  'key-state': 'may-not',
  'policy-refused': 'may-not',
  'algorithm-unavailable': 'may-not',
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
 * that may process it. If none fits, the outcome is that of the first one, and names the versions that were tried.
 * @param trial tries one version, or the current one
 */
export const tryVersions = async (
  trial: (version?: number, earlier?: ItemRecord) => Promise<Trial>,
  { isOpen, isCurrent }: Versions,
): Promise<Attempt> => {
  const first = await trial();
  const { key } = first.record;
  if (first.misfit === undefined || key === null || !isOpen(key)) return first.end();
  const tried = first.misfit === 'does-not-fit' ? [key.version] : [];
  let last = first;
  for (let version = key.version - 1; version > 0 && version > key.version - mostVersionsTried; version--) {
    last = await trial(version, last.record);
    if (last.misfit === undefined) return last.end();
    if (last.misfit === 'does-not-fit') tried.push(version);
  }
  return (await isCurrent(key)) ? inVain(first, tried, last) : inNewer(await trial(), tried, last);
};

const inNewer = (newer: Trial, tried: readonly number[], last: Trial): Attempt => {
  if (newer.misfit === undefined) return newer.end();
  const version = newer.record.key?.version;
  return inVain(newer, version === undefined ? tried : [version, ...tried], last);
};

const inVain = (first: Trial, tried: readonly number[], last: Trial): Attempt => {
  first.record.tried = tried;
  first.record.keyQuota = last.record.keyQuota;
  return first.end();
};
