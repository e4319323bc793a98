import { AnkaError, type AuditEvent, type Context, type RecordHead, tried } from '@ankasecure/contracts';
import { assertAbsent, changeRecord, Logger, noteLost, sealsOf, transactionTime } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, MoreThan, Not } from 'typeorm';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { ApprovalRecord } from './approval.entity.js';
import { ApprovalEvents } from './approval-event.js';
import { standingAt } from './approval-state.js';
import { RequestsOnRecord } from './trail/requests-on-record.js';

/** The people of an issuer, or one of them. */
type People = Readonly<{ requestedByIssuer: string; requestedBy?: string }>;

/** Requests that are read at once. */
const atOnce = 500;
/** The most refused and missing requests that one change looks at. Each costs questions of its own. */
const mostDoubted = 100;

/** What was found of requests that the database did not list as open. */
interface Found {
  /** Open requests of the people that the database should have listed. */
  readonly hidden: readonly ApprovalRecord[];
  /** What the trail says of requests that are not there, or only in a form that is refused. */
  readonly lost: readonly RecordHead[];
  /** Whether all were looked at. */
  readonly isWhole: boolean;
}

/** Ends the open requests of people whose names disappear with a change of an issuer, or who are shut out. */
@Injectable()
export class EndApprovals {
  constructor(
    private readonly events: ApprovalEvents,
    private readonly onRecord: RequestsOnRecord,
    private readonly log: Logger,
  ) {}

  /**
   * Ends the open requests of the people of `issuer`, in the transaction of the change that renames or removes them. Under another
   * name, a requester could approve their own request. A request that is being carried out is spared.
   *
   * A request that the database hides is ended too, with an alarm. One that it does not have any more, or only in another form, counts
   * as deleted from now on, with an alarm: no copy of it comes back.
   * @param subject one of these people; all of them if absent
   * @returns the events of the ended requests
   * @throws AnkaError `audit-unavailable` (retryable) if not all requests were looked at. A person is shut out all the same: whoever
   * approves the request is another
   */
  async end(manager: EntityManager, context: Context, issuer: string, subject?: string): Promise<AuditEvent[]> {
    const { tenantId } = context;
    const people: People = { requestedByIssuer: issuer, ...(subject !== undefined && { requestedBy: subject }) };
    const isOne = subject !== undefined;
    const onRecord = await tried(() => this.onRecord.list(manager, tenantId));
    if (onRecord.error?.retryable === false) throw onRecord.error;
    await lockTenant(manager, 'approvals', tenantId);
    const endedAt = await transactionTime(manager);
    const listed = await readable(() => openOf(manager, context, endedAt, people), isOne);
    const known = onRecord.error === undefined ? onRecord.result : { heads: [], isWhole: false };
    const isListed = new Set([context.approval?.id, ...(listed ?? []).map(({ id }) => id)]);
    const others = known.heads.filter(({ id }) => !isListed.has(id));
    const found = await this.lookAt(manager, tenantId, others, endedAt, people);
    if (!known.isWhole || !found.isWhole) {
      if (!isOne) throw unknownRequests(onRecord.error);
      this.log.warn(
        { tenantId },
        'a person is shut out, and not all of the tenant’s requests for approval were looked at',
      );
    }
    await noteLost(manager, tenantId, found.lost);
    const open = [...(listed ?? []), ...found.hidden];
    for (const record of open) await changeRecord(manager, record, { endedAt });
    return open.map((record) => this.events.of(context, 'end', record));
  }

  /** Looks for requests that the database should have listed as open. */
  private async lookAt(
    manager: EntityManager,
    tenantId: string,
    heads: readonly RecordHead[],
    now: Date,
    people: People,
  ): Promise<Found> {
    const hidden: ApprovalRecord[] = [];
    const look = (record: ApprovalRecord): void => {
      if (!isOpen(record, now)) this.onRecord.isOver(tenantId, record.id);
      else if (isOf(record, people)) hidden.push(record);
    };
    const doubted: RecordHead[] = [];
    for (let start = 0; start < heads.length; start += atOnce) {
      const some = heads.slice(start, start + atOnce);
      const held = await readSome(manager, tenantId, some, people.requestedBy !== undefined);
      for (const record of held.values()) look(record);
      doubted.push(...some.filter(({ id }) => !held.has(id)));
    }
    const lost: RecordHead[] = [];
    let isWhole = doubted.length <= mostDoubted;
    for (const head of doubted.slice(0, mostDoubted)) {
      const alone = await tried(() => readAlone(manager, tenantId, head.id));
      if (alone.error?.retryable === false) lost.push(head);
      else if (alone.error !== undefined) isWhole = false;
      else if (alone.result !== null) look(alone.result);
    }
    for (const { id } of hidden) sealsOf(manager).rejections.reject({ table: 'approval', tenantId, id }, 'missing');
    return { hidden, lost, isWhole };
  }
}

const unknownRequests = (cause?: AnkaError): AnkaError =>
  new AnkaError(
    'audit-unavailable',
    cause === undefined
      ? 'The tenant has very many requests for approval. Some of them were looked at. Try again to go on with the others.'
      : `The issuer’s open requests are not known now (${cause.code}). Try again.`,
    { cause },
  );

/**
 * @param isOne whether what nobody can know now is left out as well
 * @returns undefined if a record is refused: the alarm was raised about it
 */
const readable = async <Result>(read: () => Promise<Result>, isOne: boolean): Promise<Result | undefined> => {
  const { result, error } = { result: undefined, error: undefined, ...(await tried(read)) };
  if (error?.retryable === true && !(isOne && error.code === 'audit-unavailable')) throw error;
  return result;
};

/** Reads requests, each alone if one of them is refused. One that the database does not have is left out, as one that is refused. */
const readSome = async (
  manager: EntityManager,
  tenantId: string,
  heads: readonly RecordHead[],
  isOne: boolean,
): Promise<ReadonlyMap<string, ApprovalRecord>> => {
  const read = (ids: readonly string[]) =>
    readable(() => manager.findBy(ApprovalRecord, { tenantId, id: In([...ids]) }), isOne);
  const ids = heads.map(({ id }) => id);
  const all = await read(ids);
  const records = [...(all ?? [])];
  if (all === undefined) for (const id of ids) records.push(...((await read([id])) ?? []));
  return new Map(records.map((record) => [record.id, record]));
};

/** @returns null if it was deleted on record @throws AnkaError if it is not there otherwise, or is refused */
const readAlone = async (manager: EntityManager, tenantId: string, id: string): Promise<ApprovalRecord | null> => {
  const found = await manager.findOneBy(ApprovalRecord, { tenantId, id });
  if (found === null) await assertAbsent(manager, ApprovalRecord, { tenantId, id });
  return found;
};

const isOf = (record: ApprovalRecord, { requestedByIssuer, requestedBy }: People): boolean =>
  record.requestedByIssuer === requestedByIssuer && record.requestedBy === (requestedBy ?? record.requestedBy);

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
