import type { EventName } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SealedEnds } from '../anchor/sealed-ends.js';
import { findPlacedRows } from '../trail/placed-row.sql.js';

/** Tells reporters which of their events are not sealed. */
@Injectable()
export class FindUnsealed {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ends: SealedEnds,
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

  /** The end of a trail that holds an asked event is remembered: the event cannot be taken away again unseen. */
  private async unsealedOf(tenantId: string, events: readonly EventName[]): Promise<readonly string[]> {
    const known = this.ends.of(tenantId);
    const { head, rows } = await withTenant(
      this.dataSource,
      tenantId,
      (manager) => findPlacedRows(manager, tenantId, events, known),
      'REPEATABLE READ',
    );
    if (head !== undefined && rows.length > 0) this.ends.learn(tenantId, head);
    const sealed = new Set(rows.map(({ eventId }) => eventId));
    return events.map(({ eventId }) => eventId).filter((eventId) => !sealed.has(eventId));
  }
}
