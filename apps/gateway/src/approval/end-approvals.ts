import { AnkaError, type AuditEvent, type Context, tried } from '@ankasecure/contracts';
import {
  allHeads,
  assertAbsent,
  BusClient,
  changeRecord,
  ownContext,
  sealsOf,
  transactionTime,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, MoreThan, Not } from 'typeorm';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { ApprovalRecord } from './approval.entity.js';
import { ApprovalEvents } from './approval-event.js';
import { standingAt } from './approval-state.js';

/** The people of an issuer, or one of them. */
type People = Readonly<{ requestedByIssuer: string; requestedBy?: string }>;

/** No request waits longer, and none is removed earlier, in milliseconds. The rest of a minute is for clocks that differ. */
const oldestMs = 30 * 86_400_000 - 60_000;
/** Longest wait for the audit service, in milliseconds. */
const patienceMs = 5_000;
/** Requests that are read at once. */
const atOnce = 500;

/** Ends the open requests of people whose names disappear with a change of an issuer, or who are shut out. */
@Injectable()
export class EndApprovals {
  constructor(
    private readonly events: ApprovalEvents,
    private readonly bus: BusClient,
  ) {}

  /**
   * Ends the open requests of the people of `issuer`, in the transaction of the change that renames or removes them. Under another
   * name, a requester could approve their own request. A request that is being carried out is spared.
   * @param subject one of these people; all of them if absent
   * @returns the events of the ended requests
   * @throws AnkaError `record-outdated` if the database hides one of them; `audit-unavailable` if that cannot be known. A person is
   * shut out all the same: whoever approves the request is another
   */
  async end(manager: EntityManager, context: Context, issuer: string, subject?: string): Promise<AuditEvent[]> {
    const { tenantId } = context;
    const people: People = { requestedByIssuer: issuer, ...(subject !== undefined && { requestedBy: subject }) };
    const onRecord = await tried(() => this.requestsOnRecord(manager, tenantId));
    if (onRecord.error !== undefined && !(onRecord.error.retryable && subject !== undefined))
      throw unknownRequests(onRecord.error);
    await lockTenant(manager, 'approvals', tenantId);
    const endedAt = await transactionTime(manager);
    const open = await openOf(manager, context, endedAt, people);
    const listed = new Set(open.map(({ id }) => id));
    const known = onRecord.error === undefined ? onRecord.result : [];
    const others = known.filter((id) => !listed.has(id) && id !== context.approval?.id);
    await assertNoneOpen(manager, tenantId, others, endedAt, people);
    for (const record of open) await changeRecord(manager, record, { endedAt });
    return open.map((record) => this.events.of(context, 'end', record));
  }

  /** The ids of the tenant's requests that the trail knows and that may be open. Ids are in the order of time. */
  private async requestsOnRecord(manager: EntityManager, tenantId: string): Promise<readonly string[]> {
    const { history, owner } = sealsOf(manager);
    if (history.isOff) return [];
    const from = { kind: 'approval', id: idAt((await transactionTime(manager)).getTime() - oldestMs) } as const;
    const context = ownContext(owner.service, patienceMs, tenantId);
    const heads = await allHeads(this.bus, context, owner.service, 'approval', from);
    return heads.filter(({ id, digest }) => digest !== null && id > from.id).map(({ id }) => id);
  }
}

const unknownRequests = (cause: AnkaError): AnkaError =>
  cause.retryable
    ? new AnkaError('audit-unavailable', `The issuer’s open requests are not known now (${cause.code}). Try again.`, {
        cause,
      })
    : cause;

/** The first UUID of version 7 of a moment (RFC 9562 §5.7), in milliseconds since the epoch. */
const idAt = (ms: number): string => {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
};

/**
 * Checks that none of the requests is one that the database should have listed.
 * @throws AnkaError `record-outdated`
 */
const assertNoneOpen = async (
  manager: EntityManager,
  tenantId: string,
  ids: readonly string[],
  now: Date,
  { requestedByIssuer, requestedBy }: People,
): Promise<void> => {
  for (let start = 0; start < ids.length; start += atOnce) {
    const some = ids.slice(start, start + atOnce);
    const found = await manager.findBy(ApprovalRecord, { tenantId, id: In([...some]) });
    const held = new Map(found.map((record) => [record.id, record]));
    for (const id of some) {
      const record = held.get(id);
      if (record === undefined) await assertAbsent(manager, ApprovalRecord, { tenantId, id });
      else if (
        record.requestedByIssuer === requestedByIssuer &&
        record.requestedBy === (requestedBy ?? record.requestedBy) &&
        isOpen(record, now)
      )
        throw sealsOf(manager).rejections.reject({ table: 'approval', tenantId, id }, 'missing');
    }
  }
};

const isOpen = (record: ApprovalRecord, now: Date): boolean => {
  const { stateNow, isOver } = standingAt(record, now);
  return stateNow === 'pending' || (stateNow === 'approved' && record.outcome === null && !isOver);
};

/** The requests of these people that are open at `now`, without the one that is being carried out. */
const openOf = (
  manager: EntityManager,
  { tenantId, approval }: Context,
  now: Date,
  people: People,
): Promise<ApprovalRecord[]> => {
  const own = {
    tenantId,
    ...people,
    endedAt: IsNull(),
    expiresAt: MoreThan(now),
    ...(approval !== undefined && { id: Not(approval.id) }),
  };
  return manager.find(ApprovalRecord, {
    where: [
      { ...own, state: 'pending' },
      { ...own, state: 'approved', outcome: IsNull() },
    ],
    lock: { mode: 'pessimistic_write' },
  });
};
