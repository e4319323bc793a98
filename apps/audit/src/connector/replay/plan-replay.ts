import { genesisHash } from '@ankasecure/audit-event';
import { AnkaError, type Context, maxReplay, platformTenantId, type replayConnector } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { readPage } from '../../proof/page-rows.sql.js';
import { ProvePage } from '../../proof/prove-page.js';
import { microsOf } from '../../trail/instant.js';
import { DeliveryDatabase } from '../delivery/delivery-database.js';
import { deliveredUpTo, firstSealedSince, type Place, rewindLane } from './rewind-lane.sql.js';

/** Which events to repeat. */
export type AskedReplay = z.infer<typeof replayConnector.body>;

/** Events that will be delivered again. */
export interface Replay {
  readonly tenantId: string;
  readonly fromSeq: number;
  readonly untilSeq: number;
  /** The event before the first. */
  readonly before: Place;
}

const refused = (detail: string): AnkaError => new AnkaError('request-invalid', detail);

/** Finds what a connector has delivered and is to deliver again, and has it do so. */
@Injectable()
export class PlanReplay {
  constructor(
    private readonly database: DeliveryDatabase,
    private readonly pages: ProvePage,
  ) {}

  /** @throws AnkaError `request-invalid` for events that were not delivered, or that are too many; `service-unavailable` for a place that nothing proves */
  async plan(context: Context, connectorId: string, asked: AskedReplay): Promise<Replay> {
    const tenantId = tenantOf(context, asked);
    const untilSeq = await deliveredUpTo(this.database.dataSource, [tenantId, connectorId]);
    const fromSeq = await this.firstOf(tenantId, asked);
    if (fromSeq === undefined || fromSeq > untilSeq)
      throw refused(`Nothing was delivered from there on: the last delivered event is ${untilSeq}.`);
    if (untilSeq - fromSeq >= maxReplay)
      throw refused(`A replay has at most ${maxReplay} events. Begin with event ${untilSeq - maxReplay + 1} or later.`);
    return { tenantId, fromSeq, untilSeq, before: await this.placeOf({ ...context, tenantId }, fromSeq - 1) };
  }

  /** @throws AnkaError `service-unavailable` if the connector stands elsewhere by now */
  async apply(connectorId: string, { tenantId, before, ...range }: Replay): Promise<Omit<Replay, 'before'>> {
    const untilSeq = await rewindLane(this.database.dataSource, [tenantId, connectorId], before);
    if (untilSeq === undefined)
      throw new AnkaError('service-unavailable', 'The connector has been put back meanwhile.');
    return { tenantId, ...range, untilSeq };
  }

  private async firstOf(tenantId: string, { fromSeq, from }: AskedReplay): Promise<number | undefined> {
    if (from === undefined) return fromSeq;
    const { dataSource } = this.database;
    return withTenant(dataSource, tenantId, (manager) => firstSealedSince(manager, tenantId, microsOf(from)));
  }

  /** The cursor is put where a genuine event stands. */
  private async placeOf(context: Context, seq: number): Promise<Place> {
    const { tenantId } = context;
    if (seq === 0) return { seq, hash: genesisHash(tenantId), sealedAt: 0 };
    const page = await withTenant(this.database.dataSource, tenantId, (manager) =>
      readPage(manager, tenantId, [seq], 'asc'),
    );
    const { proven } = await this.pages.prove(context, page, undefined);
    const row = proven.find((one) => one.seq === seq);
    if (row === undefined)
      throw new AnkaError('service-unavailable', `Event ${seq} cannot be proved now. Verify the trail.`);
    return row;
  }
}

/** The tenant whose events are repeated. @throws AnkaError `request-invalid` */
const tenantOf = ({ tenantId }: Context, asked: AskedReplay): string => {
  if (asked.tenantId === undefined || asked.tenantId === tenantId) return tenantId;
  if (tenantId === platformTenantId) return asked.tenantId;
  throw refused('Only a connector of the platform’s own tenant delivers events of other tenants.');
};
