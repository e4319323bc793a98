import type { EventName } from '@ankasecure/contracts';
import { ownContext, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
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
  ) {}

  /**
   * Looks into the trails themselves: a row of `event_dedup` proves nothing, nor does a row without a place in its trail. One tenant
   * after the other, so that a question never takes more than one connection.
   * @returns ids
   */
  async find(events: readonly EventName[]): Promise<readonly string[]> {
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
    const isSealed = head !== undefined && rows.length > 0 && (await this.continues(tenantId, head));
    const sealed = new Set(isSealed ? rows.map(({ eventId }) => eventId) : []);
    return events.map(({ eventId }) => eventId).filter((eventId) => !sealed.has(eventId));
  }

  /** Believes the told end of a trail that no anchor binds yet, and does not remember it: nothing proves it. */
  private async continues(tenantId: string, head: ToldEnd): Promise<boolean> {
    return (await this.descent.of(ownContext('audit', provingMs, tenantId), head)) === 'proven';
  }
}
