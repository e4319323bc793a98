import {
  AnkaError,
  type AuditEvent,
  type Context,
  monotonicNow,
  onRecord,
  type RecordHead,
  tried,
} from '@ankasecure/contracts';
import {
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
import type { EntityManager } from 'typeorm';
import { lockTenant } from '../../identity/tenant-lock.statement.js';
import { ApprovalEvents } from '../approval-event.js';
import { RequestsOnRecord } from '../trail/requests-on-record.js';
import { listOpen, lookAt, type People } from './find-requests.js';

/** The time after which no further request is read, in milliseconds. Decisions about other requests wait meanwhile. */
const mostMs = 10_000;

/** Ends the open requests of people whose names disappear with a change of an issuer, or who are shut out. */
@Injectable()
export class EndApprovals {
  /** The requests that have shut a person out, and not looked at all of the tenant's requests for approval. */
  private readonly partly = new WeakSet<Context>();

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
   * @throws AnkaError `audit-unavailable` (retryable) if not all requests were looked at. A person is shut out all the same, and
   * `assertWhole` tells it after the commit
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
    const found = await lookAt(search, others, people, (id) => this.onRecord.noteOver(tenantId, id));
    const hidden = found.open.filter(({ id }) => !listed.ids.has(id));
    for (const { id } of hidden) sealsOf(manager).rejections.reject({ table: 'approval', tenantId, id }, 'missing');
    if (!known.isWhole || !listed.isWhole || !found.isWhole) {
      if (!isOne) {
        await this.forget(manager, context, found.lost);
        throw unknownRequests(onRecord.error ?? listed.cause ?? found.cause);
      }
      this.partly.add(context);
    }
    await noteLost(manager, tenantId, found.lost);
    for (const record of found.unheard) nameRecord(manager, record);
    const open = [...listed.records, ...found.open];
    for (const record of open) await changeRecord(manager, record, { endedAt: search.now });
    return open.map((record) => this.events.of(context, 'end', record));
  }

  /**
   * Checks that the person whom a request shut out has no open request left. How fast the trail answers is the choice of whoever owns
   * its database, so an answer that all is done must not come without it. A repetition looks at the others.
   * @throws AnkaError `audit-unavailable` (retryable)
   */
  assertWhole(context: Context): void {
    if (!this.partly.has(context)) return;
    const { tenantId } = context;
    this.log.warn(
      { tenantId },
      'a person is shut out, and not all of the tenant’s requests for approval were looked at',
    );
    throw onRecord(
      new AnkaError(
        'audit-unavailable',
        'The subject is shut out. Not all of the tenant’s requests for approval could be looked at, so one of theirs may be open. Try again.',
      ),
    );
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
