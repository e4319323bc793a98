import type { Context } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type SealedEnd, SealedEnds } from '../anchor/sealed-ends.js';
import { MacSource } from '../mac/mac-source.js';
import { type FollowIndex, RecordIndexes } from '../record/record-indexes.js';
import type { AuthenticatedEvent } from './bound-event.js';
import { type Sealed, seal } from './seal.js';
import { TrailFault } from './trail-fault.js';

/** Appends authenticated events to their tenant's trail. */
@Injectable()
export class SealTrail {
  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly indexes: RecordIndexes,
    private readonly ends: SealedEnds,
    private readonly log: Logger,
  ) {}

  /**
   * @returns how many of the context's tenant's events were new
   * @throws TrailFault (retryable) if the trail lacks what this process has sealed, now or before
   */
  async seal(context: Context, events: readonly AuthenticatedEvent[]): Promise<number> {
    return (await this.append(context, events, this.ends.of(context.tenantId), this.indexes)).fresh;
  }

  /** Seals on a trail that may be refused: what this process has sealed before is not looked for. */
  sealAnyway(
    context: Context,
    events: readonly AuthenticatedEvent[],
    indexes: FollowIndex = this.indexes,
  ): Promise<Sealed> {
    return this.append(context, events, undefined, indexes);
  }

  private async append(
    context: Context,
    events: readonly AuthenticatedEvent[],
    known: SealedEnd | undefined,
    indexes: FollowIndex,
  ): Promise<Sealed> {
    const { tenantId } = context;
    const trail = { tenantId, partition: this.macs.partitionOf(tenantId), known };
    try {
      const sealed = await seal(this.dataSource, trail, events, this.macs.under(context), indexes);
      const { end, differing } = sealed;
      if (differing.length > 0)
        this.log.warn(
          { tenantId, events: differing },
          'events were reported again with other content: the trail keeps the first',
        );
      if (end !== undefined) this.ends.learn(tenantId, end);
      return sealed;
    } catch (error) {
      if (error instanceof TrailFault) {
        if (error.alarm === 'trail-behind') this.ends.miss(tenantId);
        this.log.error({ alarm: error.alarm, tenantId, fault: error.detail }, 'a batch of events is not sealed');
      }
      throw error;
    }
  }
}
