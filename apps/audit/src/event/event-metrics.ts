import { reporters } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

/** Counts sealed events and times their batches. */
@Injectable()
export class EventMetrics {
  readonly sealed: Counter;
  readonly duplicates: Counter;
  readonly refused: Counter<'reporter'>;
  readonly append: Histogram<'outcome'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.sealed = new Counter({ name: 'ankasecure_audit_events_sealed_total', help: 'Events sealed', registers });
    this.duplicates = new Counter({
      name: 'ankasecure_audit_events_duplicate_total',
      help: 'Events received again that were already sealed',
      registers,
    });
    this.refused = new Counter({
      name: 'ankasecure_audit_events_refused_total',
      help: 'Events received in a batch that was refused, because its reporter may not report one of them',
      labelNames: ['reporter'],
      registers,
    });
    // A counter that begins with its first refusal would hide that refusal from rate().
    for (const reporter of reporters) this.refused.inc({ reporter }, 0);
    this.append = new Histogram({
      name: 'ankasecure_audit_append_seconds',
      help: 'Time from the receipt of a batch to its commit',
      labelNames: ['outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
  }
}
