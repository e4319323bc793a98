import { clockOf } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { SealedEnd } from '../end/sealed-ends.js';
import { isLastRow } from '../end/trail-descent.js';
import { selectSlice } from '../trail/trail-rows.sql.js';
import { notSealed } from './read-back.sql.js';
import type { LockedHead } from './seal.sql.js';

/** How old a row may be that is looked for in the latest months first, in milliseconds. */
const recentMs = 86_400_000;

/** When a batch is sealed. */
export interface SealingTime {
  readonly sealingAt: Date;
  /** Whether that is ahead of the clocks by more than they may differ, because the last row was sealed then. */
  readonly isAhead: boolean;
}

/**
 * The time at which the rows after a locked end are sealed, in whole milliseconds: the database's, which must agree with this
 * process's clock, or that of the trail's last row, if that is later. What `trail_head` says of the time counts for nothing: the last
 * row's hash binds when it was sealed.
 * @param known the row at that end, if this process has sealed or proved it
 * @throws AnkaError `clock-skew`; TrailFault if the trail does not have its last row
 */
export const sealingTime = async (
  manager: EntityManager,
  tenantId: string,
  head: LockedHead,
  known: SealedEnd | undefined,
): Promise<SealingTime> => {
  const clock = clockOf(manager.dataSource);
  clock.assertTransaction(head.time);
  const end = known?.sealedAt.getTime() ?? (await endTime(manager, tenantId, head));
  const now = Math.floor(head.time.said);
  return { sealingAt: new Date(Math.max(now, end)), isAhead: end > now + clock.maximumSkewMs };
};

/** When the last row was sealed, in milliseconds since the epoch; 0 for an empty trail. The row is not believed: it must have the end's hash. */
const endTime = async (manager: EntityManager, tenantId: string, head: LockedHead): Promise<number> => {
  if (head.seq === 0) return 0;
  const since = (head.time.said - recentMs) * 1000;
  const rows = await selectSlice(manager, tenantId, { seq: head.seq, sealedAt: since }, head.seq);
  const last = rows.find((row) => isLastRow(tenantId, row, head));
  if (last === undefined) throw notSealed(tenantId);
  return Math.ceil(last.sealedAt / 1000);
};
