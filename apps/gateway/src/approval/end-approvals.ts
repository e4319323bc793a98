import { AnkaError, type AuditEvent, type Context, monotonicNow, type RecordHead, tried } from '@ankasecure/contracts';
import {
  assertAbsent,
  changeRecord,
  Logger,
  nameRecord,
  noteLost,
  Outbox,
  restoredEvent,
  sealsOf,
  transactionTime,
  withTenant,
} from '@ankasecure/service-kit';
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
/** The time after which no further request is read, in milliseconds. Decisions about other requests wait meanwhile. */
const mostMs = 10_000;

/** The errors that speak of the record itself. Any other, as one of the HSM, tells nothing of it. */
const refusals: readonly string[] = ['record-forged', 'record-outdated'];

/** What the database lists as open requests of the people. */
interface Listed {
  readonly records: readonly ApprovalRecord[];
  /** The ids of all, also of those that are refused, or that nobody can know of now. */
  readonly ids: ReadonlySet<string>;
  /** Whether all but those that are refused were read. */
  readonly isWhole: boolean;
  /** Why nobody can know of one of them now, if that is the reason. */
  readonly cause?: AnkaError | undefined;
}

/** What was found of requests that the database did not list as open, or that could not be read with its list. */
interface Found {
  /** Open requests of the people that the database should have listed. */
  readonly hidden: readonly ApprovalRecord[];
  /** Requests of the people that are over, in a form that the trail does not hold yet. */
  readonly unheard: readonly ApprovalRecord[];
  /** What the trail says of requests that are not there, or only in a form that is refused. */
  readonly lost: readonly RecordHead[];
  /** Whether all were looked at. */
  readonly isWhole: boolean;
  /** Why nobody can know of one of them now, if that is the reason. */
  readonly cause?: AnkaError | undefined;
}

/** Where requests are looked for. */
interface Search {
  readonly manager: EntityManager;
  readonly tenantId: string;
  readonly now: Date;
  /** When the search ends, a moment of `monotonicNow`. */
  readonly until: number;
}

/** Ends the open requests of people whose names disappear with a change of an issuer, or who are shut out. */
@Injectable()
export class EndApprovals {
  constructor(
    private readonly events: ApprovalEvents,
    private readonly onRecord: RequestsOnRecord,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  /**
   * Ends the open requests of the people of `issuer`, in the transaction of the change that renames or removes them. Under another
   * name, a requester could approve their own request. A request that is being carried out is spared.
   *
   * A request that the database hides is ended too, with an alarm. One that it does not have any more, or only in another form, counts
   * as deleted from now on, with an alarm: no copy of it comes back. One that is over in a form that the trail does not hold stays over.
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
    const search = { manager, tenantId, now: await transactionTime(manager), until: monotonicNow() + mostMs };
    const listed = await listOpen(search, context, people);
    const known = onRecord.error === undefined ? onRecord.result : { heads: [], isWhole: false };
    const isRead = new Set([context.approval?.id, ...listed.records.map(({ id }) => id)]);
    const others = known.heads.filter(({ id }) => !isRead.has(id));
    const found = await this.lookAt(search, others, people, listed.ids);
    if (!known.isWhole || !listed.isWhole || !found.isWhole) {
      if (!isOne) {
        await this.forget(manager, context, found.lost);
        throw unknownRequests(onRecord.error ?? listed.cause ?? found.cause);
      }
      this.log.warn(
        { tenantId },
        'a person is shut out, and not all of the tenant’s requests for approval were looked at',
      );
    }
    await noteLost(manager, tenantId, found.lost);
    for (const record of found.unheard) nameRecord(manager, record);
    const open = [...listed.records, ...found.hidden];
    for (const record of open) await changeRecord(manager, record, { endedAt: search.now });
    return open.map((record) => this.events.of(context, 'end', record));
  }

  /**
   * Looks for requests that the database should have listed as open.
   * @param listed the ids that it did list. About another that is open, the alarm is raised
   */
  private async lookAt(
    search: Search,
    heads: readonly RecordHead[],
    people: People,
    listed: ReadonlySet<string>,
  ): Promise<Found> {
    const { manager, tenantId, now } = search;
    const [hidden, unheard]: [ApprovalRecord[], ApprovalRecord[]] = [[], []];
    const look = (record: ApprovalRecord, head: RecordHead): void => {
      if (isOpen(record, now)) {
        if (isOf(record, people)) hidden.push(record);
      } else if (record.recordRevision === head.revision) this.onRecord.isOver(tenantId, record.id);
      else if (isOf(record, people)) unheard.push(record);
    };
    const read = await readRequests(search, heads);
    for (const [head, record] of read.records) look(record, head);
    const lost: RecordHead[] = [];
    let { isWhole, cause } = read;
    for (const head of read.doubted) {
      if (hasEnded(search) || lost.length >= mostDoubted) {
        isWhole = false;
        break;
      }
      const alone = await tried(() => readAlone(manager, tenantId, head.id));
      if (alone.error === undefined) {
        if (alone.result !== null) look(alone.result, head);
      } else if (!refusals.includes(alone.error.code)) {
        isWhole = false;
        cause ??= alone.error;
        if (isUnanswered(search, alone.error)) break;
      } else lost.push(head);
    }
    for (const { id } of hidden)
      if (!listed.has(id)) sealsOf(manager).rejections.reject({ table: 'approval', tenantId, id }, 'missing');
    return { hidden, unheard, lost, isWhole, cause };
  }

  /** Takes note of lost requests on record although the change is refused: the next try goes on with others. */
  private async forget({ dataSource }: EntityManager, context: Context, lost: readonly RecordHead[]): Promise<void> {
    if (lost.length === 0) return;
    const { tenantId } = context;
    const told = lost.map(({ kind, id }) => ({ kind, id, outcome: 'lost' as const, state: null }));
    await withTenant(dataSource, tenantId, async (manager) => {
      await noteLost(manager, tenantId, lost);
      await this.outbox.write(manager, [restoredEvent(context, told)]);
    });
    this.outbox.committed(1);
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

/** Whether the time is over. */
const hasEnded = ({ until }: Search): boolean => monotonicNow() >= until;

/** Whether the audit service is away: another question would wait as long. A single record can be unknown for other reasons. */
const isUnanswered = ({ manager }: Search, { code }: AnkaError): boolean =>
  code === 'audit-unavailable' && sealsOf(manager).history.isAway;

/** What was read of requests. */
interface Reading<Named> extends Pick<Found, 'isWhole' | 'cause'> {
  readonly records: readonly (readonly [Named, ApprovalRecord])[];
  /** Those that the database does not have, or that are refused. */
  readonly doubted: readonly Named[];
}

/**
 * Reads requests, and those that are refused apart from the others.
 * @param most how many doubted ones end the reading
 * @throws AnkaError (retryable) all but `audit-unavailable`
 */
const readRequests = async <Named extends Pick<RecordHead, 'id'>>(
  search: Search,
  asked: readonly Named[],
  most = mostDoubted,
): Promise<Reading<Named>> => {
  const { manager, tenantId } = search;
  const records: [Named, ApprovalRecord][] = [];
  const doubted: Named[] = [];
  let cause: AnkaError | undefined;
  const waiting = Array.from({ length: Math.ceil(asked.length / atOnce) }, (_, index) =>
    asked.slice(index * atOnce, (index + 1) * atOnce),
  );
  for (let some = waiting.shift(); some !== undefined; some = waiting.shift()) {
    if (hasEnded(search) || doubted.length > most) return { records, doubted, isWhole: false, cause };
    const ids = some.map(({ id }) => id);
    const read = await tried(() => manager.findBy(ApprovalRecord, { tenantId, id: In(ids) }));
    if (read.error === undefined) {
      const held = new Map(read.result.map((record) => [record.id, record]));
      for (const named of some) {
        const record = held.get(named.id);
        if (record === undefined) doubted.push(named);
        else records.push([named, record]);
      }
    } else if (isUnanswered(search, read.error)) return { records, doubted, isWhole: false, cause: read.error };
    else if (read.error.retryable && read.error.code !== 'audit-unavailable') throw read.error;
    else if (some.length > 1) {
      const half = Math.ceil(some.length / 2);
      waiting.unshift(some.slice(0, half), some.slice(half));
    } else if (refusals.includes(read.error.code)) doubted.push(...some);
    else cause ??= read.error;
  }
  return { records, doubted, isWhole: cause === undefined, cause };
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

/**
 * Lists the open requests of these people, without the one that is being carried out. If one is refused, or nobody can know of one
 * now, the others are read without it, unless the audit service is away.
 * @throws AnkaError all but `record-forged` and `record-outdated`, and for one person all but `audit-unavailable` too
 */
const listOpen = async (search: Search, { tenantId, approval }: Context, people: People): Promise<Listed> => {
  const { manager, now } = search;
  const own = {
    tenantId,
    ...people,
    endedAt: IsNull(),
    expiresAt: MoreThan(now),
    ...(approval !== undefined && { id: Not(approval.id) }),
  };
  const where = [
    { ...own, state: 'pending' as const },
    { ...own, state: 'approved' as const, outcome: IsNull() },
  ];
  const lock = { mode: 'pessimistic_write' } as const;
  const all = await tried(() => manager.find(ApprovalRecord, { where, lock }));
  if (all.error === undefined) return { records: all.result, ids: idsOf(all.result), isWhole: true };
  const isOne = people.requestedBy !== undefined;
  if (!refusals.includes(all.error.code) && !(isOne && all.error.code === 'audit-unavailable')) throw all.error;
  const listing = manager.createQueryBuilder(ApprovalRecord, 'approval').setFindOptions({ where, lock });
  const ids = idsOf(await listing.callListeners(false).getMany());
  if (isUnanswered(search, all.error)) return { records: [], ids, isWhole: false, cause: all.error };
  const asked = [...ids].filter((id) => id !== approval?.id).map((id) => ({ id }));
  const { records, isWhole, cause } = await readRequests(search, asked, Number.POSITIVE_INFINITY);
  const open = records.flatMap(([, record]) => (isOf(record, people) && isOpen(record, now) ? [record] : []));
  return { records: open, ids, isWhole, cause };
};

const idsOf = (records: readonly ApprovalRecord[]): ReadonlySet<string> => new Set(records.map(({ id }) => id));
