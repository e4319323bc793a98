import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { type Planned, planKinds, planName } from './planned.js';

/** Says in the log, once for each, and in a metric what the audit trail plans and has not happened. */
@Injectable()
export class OverdueAlarm {
  private readonly gauge: Gauge<'kind'>;
  private said: ReadonlySet<string> = new Set();

  constructor(
    private readonly log: Logger,
    registry: Registry,
  ) {
    this.gauge = new Gauge({
      name: 'ankasecure_key_overdue',
      help: 'Destructions and rotations of keys that the audit trail plans and that have not happened six minutes or so after their date',
      labelNames: ['kind'],
      registers: [registry],
    });
    this.set([]);
  }

  /** @param overdue all of them */
  set(overdue: readonly Planned[]): void {
    for (const kind of planKinds) this.gauge.set({ kind }, overdue.filter((one) => one.kind === kind).length);
    for (const one of overdue.filter((each) => !this.said.has(planName(each)))) {
      const { kind, tenantId, keyId, version } = one;
      const fields = { alarm: 'key-overdue', kind, tenantId, keyId, ...(kind === 'destruction' && { version }) };
      this.log.error(fields, 'what the audit trail plans for a key has not happened: ankadb_keys may hide it');
    }
    this.said = new Set(overdue.map(planName));
  }
}
