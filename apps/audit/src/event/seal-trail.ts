import type { Context } from '@ankasecure/contracts';
import { BoundedMap, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isSameEnd, type SealedEnd, type ToldEnd } from '../end/sealed-ends.js';
import { TrailDescent } from '../end/trail-descent.js';
import { MacSource } from '../mac/mac-source.js';
import type { AuthenticatedEvent } from '../mac/made-mac.js';
import { type FollowIndex, RecordIndexes } from '../record/record-indexes.js';
import { LongDescent, type Sealed, seal, type Trail } from './seal.js';
import { TrailFault } from './trail-fault.js';

/** Trails of which something is remembered. */
const capacity = 10_000;

/** Appends authenticated events to their tenant's trail. */
@Injectable()
export class SealTrail {
  /** Ends are remembered without an anchor too: whatever is accepted since, a row was sealed when its hash says. */
  private readonly sealed = new BoundedMap<string, SealedEnd>(capacity);
  private readonly ahead = new BoundedMap<string, true>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly indexes: RecordIndexes,
    private readonly descent: TrailDescent,
    private readonly log: Logger,
  ) {}

  /**
   * @returns how many of the context's tenant's events were new
   * @throws TrailFault (retryable) if the trail lacks what this process has sealed, now or before
   */
  async seal(context: Context, events: readonly AuthenticatedEvent[]): Promise<number> {
    const { tenantId } = context;
    const descentOf: Trail['descentOf'] = (manager, end) =>
      this.descent.ofLocked(manager, tenantId, end, this.macs.under(context));
    const trail = (): Trail => ({ ...this.trailOf(tenantId), known: this.descent.ends.of(tenantId), descentOf });
    try {
      return (await this.append(context, events, trail(), this.indexes)).fresh;
    } catch (error) {
      if (!(error instanceof LongDescent)) throw error;
      await this.descent.of(context, error.end);
      return (await this.append(context, events, trail(), this.indexes)).fresh;
    }
  }

  /** Seals on a trail that may be refused: what this process has sealed before is not looked for. */
  sealAnyway(context: Context, events: readonly AuthenticatedEvent[], indexes: FollowIndex): Promise<Sealed> {
    return this.append(context, events, this.trailOf(context.tenantId), indexes);
  }

  private trailOf(tenantId: string): Trail {
    const partition = this.macs.partitionOf(tenantId);
    return {
      tenantId,
      partition,
      known: undefined,
      rowAt: (end) => this.rowAt(tenantId, end),
      descentOf: undefined,
    };
  }

  private async append(
    context: Context,
    events: readonly AuthenticatedEvent[],
    trail: Trail,
    indexes: FollowIndex,
  ): Promise<Sealed> {
    const { tenantId } = context;
    try {
      const sealed = await seal(this.dataSource, trail, events, this.macs.allUnder(context), indexes);
      const { end, from, differing } = sealed;
      if (differing.length > 0)
        this.log.warn(
          { tenantId, events: differing },
          'events were reported again with other content: the trail keeps the first',
        );
      this.tellAhead(tenantId, sealed);
      if (end !== undefined) {
        this.sealed.set(tenantId, end);
        this.descent.ends.learn(tenantId, end, from);
      }
      return sealed;
    } catch (error) {
      if (error instanceof TrailFault)
        this.log.error({ alarm: error.alarm, tenantId, fault: error.detail }, 'a batch of events is not sealed');
      throw error;
    }
  }

  private rowAt(tenantId: string, end: ToldEnd): SealedEnd | undefined {
    const known = [this.descent.ends.of(tenantId), this.sealed.get(tenantId)];
    return known.find((row) => row !== undefined && isSameEnd(row, end));
  }

  /** No process seals ahead of its clock. So the clocks were, or a process of a release before has believed the database. */
  private tellAhead(tenantId: string, { isAhead, from, end }: Sealed): void {
    if (end === undefined) return;
    if (!isAhead) this.ahead.delete(tenantId);
    else if (!this.ahead.has(tenantId)) {
      this.ahead.set(tenantId, true);
      const fault = { alarm: 'clock-skew', tenantId, seq: from.seq, sealedAt: end.sealedAt.toISOString() };
      this.log.error(fault, 'the trail ends ahead of the clock: until then, events get the time of its last row');
    }
  }
}
