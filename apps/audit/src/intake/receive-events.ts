import { AnkaError, type Context, type OfferedEvent } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { AppendEvents } from '../event/append-events.js';
import { EventMetrics } from '../event/event-metrics.js';
import { FalseMac } from '../mac/made-mac.js';
import { CheckProofs } from '../reporter/check-proofs.js';
import { assertMayReport, type Source } from '../reporter/report.js';
import { RefusedProofs } from './refused-proofs.js';

/** Receives what services report. Only events that a process of the service has written, and may report, are sealed. */
@Injectable()
export class ReceiveEvents {
  constructor(
    private readonly proofs: CheckProofs,
    private readonly refused: RefusedProofs,
    private readonly appender: AppendEvents,
    private readonly metrics: EventMetrics,
  ) {}

  /**
   * @throws AnkaError `event-unproven` if an event carries no genuine proof: none of the batch is sealed; `access-denied` for what
   * the source may not report; and as `AppendEvents.append`
   */
  async receive(context: Context, source: Source, events: readonly OfferedEvent[]): Promise<{ sealed: number }> {
    try {
      for (const event of events) assertMayReport(source, event);
      return await this.sealProven(context, source, events);
    } catch (error) {
      if (error instanceof AnkaError && error.code === 'access-denied')
        this.metrics.refused.inc({ reporter: source.reporter, reason: 'reporter' }, events.length);
      throw error;
    }
  }

  /** The events of a process that has made a false MAC are genuine. They are sealed under MACs that workers are asked for. */
  private async sealProven(
    context: Context,
    source: Source,
    events: readonly OfferedEvent[],
  ): Promise<{ sealed: number }> {
    const { proven, unproven } = await this.proofs.check(source, events);
    if (unproven.length > 0) {
      this.refused.note(source, unproven);
      throw new AnkaError('event-unproven');
    }
    try {
      return await this.appender.append(context, source, proven);
    } catch (error) {
      if (!(error instanceof FalseMac)) throw error;
      this.proofs.distrust(error.process);
      this.refused.noteMac(source, error);
      return this.sealProven(context, source, events);
    }
  }
}
