import { reporters } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

/** Counts sealed events and times their batches. */
@Injectable()
export class EventMetrics {
  readonly sealed: Counter;
  readonly duplicates: Counter;
  readonly refused: Counter<'reporter' | 'reason'>;
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
      help: 'Events refused for good: without a genuine proof (proof), or in a batch with one that its reporter may not report (reporter). Events with a false MAC of their reporter, which are sealed under another (mac)',
      labelNames: ['reporter', 'reason'],
      registers,
    });
    // A counter that begins with its first refusal would hide that refusal from rate().
    for (const reporter of reporters)
      for (const reason of ['proof', 'reporter', 'mac']) this.refused.inc({ reporter, reason }, 0);
    this.append = new Histogram({
      name: 'ankasecure_audit_append_seconds',
      help: 'Time from the receipt of a batch to its commit',
      labelNames: ['outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
  }
}
