import type { EventName } from '@ankasecure/contracts';
import { asAnkaError, Logger, ownContext, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TrailGuard } from '../anchor/trail-guard.js';
import type { ToldEnd } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { findPlacedRows } from '../trail/placed-row.sql.js';

/** The time for the proof of one trail's end, in milliseconds. Events of a trail that takes longer count as not sealed yet. */
const provingMs = 5_000;

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
   * after the other, so that a question never takes more than one connection. A trail that is refused holds nothing.
   * @returns ids
   * @throws AnkaError `service-unavailable` (retryable) if the trails do not match the anchor, or no worker answers
   */
  async find(events: readonly EventName[]): Promise<readonly string[]> {
    await this.guard.assertSound();
    const unsealed: string[] = [];
    for (const [tenantId, own] of Map.groupBy(events, (event) => event.tenantId))
      unsealed.push(...(await this.unsealedOf(tenantId, own)));
    return unsealed;
  }

  /** The end of a trail that holds an asked event is remembered once it is proved: the event cannot be taken away again unseen. */
  private async unsealedOf(tenantId: string, events: readonly EventName[]): Promise<readonly string[]> {
    const known = this.descent.ends.of(tenantId);
    const { head, rows } = await withTenant(
      this.dataSource,
      tenantId,
      (manager) => findPlacedRows(manager, tenantId, events, known),
      'REPEATABLE READ',
    );
    const isSealed = head !== undefined && rows.length > 0 && (await this.isProven(tenantId, head));
    const sealed = new Set(isSealed ? rows.map(({ eventId }) => eventId) : []);
    return events.map(({ eventId }) => eventId).filter((eventId) => !sealed.has(eventId));
  }

  /** An error that no later question makes good is one of this trail. The question about others goes on. */
  private async isProven(tenantId: string, head: ToldEnd): Promise<boolean> {
    if (await this.guard.refuses(tenantId)) return false;
    try {
      return (await this.descent.of(ownContext('audit', provingMs, tenantId), head)) === 'proven';
    } catch (error) {
      if (asAnkaError(error).retryable) throw error;
      this.log.warn({ tenantId, reason: (error as Error).message }, 'the end of a trail cannot be proved');
      return false;
    }
  }
}
