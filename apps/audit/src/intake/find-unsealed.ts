import { AnkaError, type Context, type EventName, monotonicNow } from '@ankasecure/contracts';
import { asAnkaError, Logger, ownContext, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TrailGuard } from '../anchor/trail-guard.js';
import type { ToldEnd } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { findPlacedRows } from '../trail/placed-row.sql.js';

/** The longest time for the proof of one trail's end, in milliseconds. Of a trail that takes longer nothing is told. */
const provingMs = 5_000;
/** The part of the caller's time that is kept for the answer, in milliseconds. */
const reserveMs = 1_000;

/** The ids of events that no trail holds, and of those of which that cannot be told now. */
interface Found {
  readonly unsealed: string[];
  readonly unknown: string[];
}

/** Whether a trail holds what it shows; `pending` and `failed` if that cannot be told, until a later proof or at all. */
type Standing = 'proven' | 'refuted' | 'pending' | 'failed';

/** Where the events are told that a trail of this standing does not show. */
const toldIn: Readonly<Record<Standing, keyof Found>> = {
  proven: 'unsealed',
  refuted: 'unsealed',
  pending: 'unknown',
  failed: 'unknown',
};

/** Tells reporters which of their events are not sealed. */
@Injectable()
export class FindUnsealed {
  constructor(
    private readonly dataSource: DataSource,
    private readonly descent: TrailDescent,
    private readonly guard: TrailGuard,
    private readonly log: Logger,
  ) {}

  /**
   * Looks into the trails themselves: a row of `event_dedup` proves nothing, nor does a row without a place in its trail. One tenant
   * after the other, so that a question never takes more than one connection, and each within its share of the time that is left. A
   * trail that is refused holds nothing. Of a trail that could not be proved nothing is told, and the others are told of.
   * @throws AnkaError `service-unavailable` (retryable) if the trails do not match the anchor, or none of them could be proved now
   */
  async find({ deadline }: Pick<Context, 'deadline'>, events: readonly EventName[]): Promise<Found> {
    await this.guard.assertSound();
    const found: Found = { unsealed: [], unknown: [] };
    const tenants = Map.groupBy(events, (event) => event.tenantId);
    let left = tenants.size;
    let isAnyTold = false;
    for (const [tenantId, own] of tenants) {
      const shareMs = (deadline - reserveMs - monotonicNow()) / left--;
      const { standing, sealed } = await this.look(tenantId, own, Math.min(provingMs, Math.max(0, shareMs)));
      const list = toldIn[standing];
      isAnyTold ||= list === 'unsealed';
      found[list].push(...own.map(({ eventId }) => eventId).filter((eventId) => !sealed.has(eventId)));
    }
    if (!isAnyTold) throw new AnkaError('service-unavailable', 'The ends of the trails cannot be proved now.');
    return found;
  }

  /** The end of a trail that holds an asked event is remembered once it is proved: the event cannot be taken away again unseen. */
  private async look(
    tenantId: string,
    events: readonly EventName[],
    ms: number,
  ): Promise<{ readonly standing: Standing; readonly sealed: ReadonlySet<string> }> {
    const known = this.descent.ends.of(tenantId);
    const { head, rows } = await withTenant(
      this.dataSource,
      tenantId,
      (manager) => findPlacedRows(manager, tenantId, events, known),
      'REPEATABLE READ',
    );
    const standing = head !== undefined && rows.length > 0 ? await this.standingOf(tenantId, head, ms) : 'refuted';
    return { standing, sealed: new Set(standing === 'proven' ? rows.map(({ eventId }) => eventId) : []) };
  }

  private async standingOf(tenantId: string, head: ToldEnd, ms: number): Promise<Standing> {
    try {
      if (await this.guard.refuses(tenantId)) return 'refuted';
      const descent = await this.descent.of(ownContext('audit', ms, tenantId), head);
      return descent === 'proven' || descent === 'pending' ? descent : 'refuted';
    } catch (error) {
      this.log.warn({ tenantId, reason: (error as Error).message }, 'the end of a trail cannot be proved');
      return asAnkaError(error).retryable ? 'pending' : 'failed';
    }
  }
}
