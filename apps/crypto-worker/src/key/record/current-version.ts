import type { KeyState } from '@ankasecure/contracts';
import { assertRemoved, sealsOf, trailNameOf, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { KeyVersionRecord } from './key-version.entity.js';

/** The states of a version with a date that does not take over, and so is not rotated: it may be destroyed instead. */
export const notToFollow = ['DESTROY_SCHEDULED', 'DESTROYED'] as const satisfies readonly KeyState[];

type Dated = Pick<KeyVersionRecord, 'version' | 'state' | 'activateAt'>;

/** Whether it depends on the time if a version has taken over. */
const isDated = ({ version, activateAt }: Dated): boolean => version !== 1 && activateAt !== null;

/**
 * The current one of a key's versions, as `currentNumber` selects it: the newest that has begun.
 * @param versions oldest first
 * @param now milliseconds since the epoch
 */
export const currentOf = <Version extends Dated>(versions: readonly Version[], now: number): Version | undefined =>
  versions.findLast(
    (row) =>
      !isDated(row) || (Number(row.activateAt) <= now && !(notToFollow as readonly KeyState[]).includes(row.state)),
  );

/**
 * Chooses the current one of the versions that the database answered with. It is not believed in which order they are.
 * @param versions oldest first; all that could be the current one
 * @returns undefined for a key without versions
 * @throws AnkaError `record-outdated` if the current one is not among them; `clock-skew`
 */
export const chooseCurrent = async <Version extends KeyVersionRecord>(
  manager: EntityManager,
  versions: readonly Version[],
): Promise<Version | undefined> => {
  const [oldest] = versions;
  if (oldest === undefined) return undefined;
  const now = versions.some(isDated) ? (await transactionTime(manager)).getTime() : Number.NaN;
  const current = currentOf(versions, now);
  if (current === undefined) throw missing(manager, oldest, oldest.version - 1);
  return current;
};

/**
 * Checks that no version is missing between those that the database answered with, but those that a restore has counted as lost.
 * @param versions of one key, oldest first
 * @param first the number that the oldest must have; default: any
 * @throws AnkaError `record-outdated`; `audit-unavailable`
 */
export const assertConnected = async (
  manager: EntityManager,
  versions: readonly KeyVersionRecord[],
  first = versions[0]?.version ?? 1,
): Promise<void> => {
  let next = first;
  for (const row of versions) {
    if (row.version < next) throw missing(manager, row, next);
    const { tenantId, keyId } = row;
    for (; next < row.version; next++)
      await assertRemoved(manager, KeyVersionRecord, { tenantId, keyId, version: next });
    next++;
  }
};

const missing = (manager: EntityManager, { tenantId, keyId }: KeyVersionRecord, version: number): Error => {
  const metadata = manager.dataSource.getMetadata(KeyVersionRecord);
  const name = trailNameOf({ tenantId, keyId, version }, metadata);
  return sealsOf(manager).rejections.reject({ table: name.kind, ...name }, 'missing');
};
