import { type AnkaError, type Context, monotonicNow, type RecordHead, tried } from '@ankasecure/contracts';
import { assertAbsent, sealsOf } from '@ankasecure/service-kit';
import { type EntityManager, In, IsNull, MoreThan, Not } from 'typeorm';
import { ApprovalRecord } from '../approval.entity.js';
import { standingAt } from '../approval-state.js';

/** The people of an issuer, or one of them. */
export type People = Readonly<{ requestedByIssuer: string; requestedBy?: string }>;

/** Requests that are read at once. */
const atOnce = 500;
/** The most refused and missing requests that one change looks at. Each costs questions of its own. */
const mostDoubted = 100;
/** The errors that speak of the record itself. Any other, as one of the HSM, tells nothing of it. */
const refusals: readonly string[] = ['record-forged', 'record-outdated'];

/** What the database lists as open requests of the people. */
export interface Listed {
  readonly records: readonly ApprovalRecord[];
  /** The ids of all, also of those that are refused, or that nobody can know of now. */
  readonly ids: ReadonlySet<string>;
  /** Whether all but those that are refused were read. */
  readonly isWhole: boolean;
  /** Why nobody can know of one of them now, if that is the reason. */
  readonly cause?: AnkaError | undefined;
}

/** What was found of requests that were not read with the database's list. */
export interface Found {
  /** Open requests of the people. */
  readonly open: readonly ApprovalRecord[];
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
export interface Search {
  readonly manager: EntityManager;
  readonly tenantId: string;
  readonly now: Date;
  /** When the search ends, a moment of `monotonicNow`. */
  readonly until: number;
}

/**
 * Looks at requests that the trail holds and that were not read with the database's list of open ones.
 * @param noteOver takes note of a request that can never be carried out any more, as the trail holds it
 */
export const lookAt = async (
  search: Search,
  heads: readonly RecordHead[],
  people: People,
  noteOver: (id: string) => void,
): Promise<Found> => {
  const [open, unheard]: [ApprovalRecord[], ApprovalRecord[]] = [[], []];
  const look = (record: ApprovalRecord, head: RecordHead): void => {
    if (isOpen(record, search.now)) {
      if (isOf(record, people)) open.push(record);
    } else if (record.recordRevision === head.revision) noteOver(record.id);
    else if (isOf(record, people)) unheard.push(record);
  };
  const read = await readRequests(search, heads);
  for (const [head, record] of read.records) look(record, head);
  const { lost, isWhole, cause } = await lookAgain(search, read.doubted, look);
  return { open, unheard, lost, isWhole: read.isWhole && isWhole, cause: read.cause ?? cause };
};

/** Reads requests one by one that the database does not have, or that are refused. */
const lookAgain = async (
  search: Search,
  doubted: readonly RecordHead[],
  look: (record: ApprovalRecord, head: RecordHead) => void,
): Promise<Pick<Found, 'lost' | 'isWhole' | 'cause'>> => {
  const lost: RecordHead[] = [];
  let cause: AnkaError | undefined;
  for (const head of doubted) {
    if (hasEnded(search) || lost.length >= mostDoubted) return { lost, isWhole: false, cause };
    const alone = await tried(() => readAlone(search, head.id));
    if (alone.error === undefined) {
      if (alone.result !== null) look(alone.result, head);
    } else if (refusals.includes(alone.error.code)) lost.push(head);
    else {
      cause ??= alone.error;
      if (isUnanswered(search, alone.error)) break;
    }
  }
  return { lost, isWhole: cause === undefined, cause };
};

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
const readAlone = async ({ manager, tenantId }: Search, id: string): Promise<ApprovalRecord | null> => {
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
export const listOpen = async (search: Search, { tenantId, approval }: Context, people: People): Promise<Listed> => {
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
