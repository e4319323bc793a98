import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ConnectorLag } from '../store/cursor.sql.js';

/** Counts deliveries, and shows how far connectors are behind. A connector is named by its id. */
@Injectable()
export class ConnectorMetrics {
  readonly refused: Counter<'connector'>;
  private readonly events: Counter<'connector' | 'outcome'>;
  private readonly differing: Counter<'connector'>;
  private readonly lag: Gauge<'connector'>;
  private readonly paused: Gauge<'connector'>;
  private lags: () => Promise<readonly ConnectorLag[]> = async () => [];

  constructor(registry: Registry) {
    const registers = [registry];
    this.events = new Counter({
      name: 'ankasecure_connector_events_total',
      help: 'Events that a connector has delivered (delivered), and that its receiver refuses for good (dead-letter)',
      labelNames: ['connector', 'outcome'],
      registers,
    });
    this.refused = new Counter({
      name: 'ankasecure_connector_record_refused_total',
      help: 'Times that a connector was not used because its record is not the one that the sealed trail names',
      labelNames: ['connector'],
      registers,
    });
    this.differing = new Counter({
      name: 'ankasecure_connector_trail_refused_total',
      help: 'Times that events were not delivered because they are not those that were sealed',
      labelNames: ['connector'],
      registers,
    });
    this.paused = new Gauge({
      name: 'ankasecure_connector_paused_tenants',
      help: 'Tenants whose events a connector does not deliver until somebody puts it right',
      labelNames: ['connector'],
      registers,
    });
    this.lag = new Gauge({
      name: 'ankasecure_connector_lag_events',
      help: 'Sealed events that a connector has not delivered yet',
      labelNames: ['connector'],
      registers,
      collect: () => this.collect(),
    });
  }

  /** @param lags reads how far connectors are behind, from the database */
  readLags(lags: () => Promise<readonly ConnectorLag[]>): void {
    this.lags = lags;
  }

  count(connector: string, { delivered, dead, differs }: { delivered: number; dead: number; differs: boolean }): void {
    // A counter that begins with its first dead letter would hide it from rate().
    this.events.inc({ connector, outcome: 'dead-letter' }, dead);
    this.events.inc({ connector, outcome: 'delivered' }, delivered);
    this.differing.inc({ connector }, differs ? 1 : 0);
  }

  /** Without an answer of the database, nothing is shown rather than what was. */
  private async collect(): Promise<void> {
    const lags = await this.lags().catch(() => []);
    for (const gauge of [this.lag, this.paused]) gauge.reset();
    for (const { connectorId: connector, waiting, paused } of lags) {
      this.lag.set({ connector }, waiting);
      this.paused.set({ connector }, paused);
    }
  }
}
