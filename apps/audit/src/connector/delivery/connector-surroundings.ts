import { Clock, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { ConnectorMetrics } from './connector-metrics.js';

/** The clock, the log, the metrics and the patience of connectors. */
@Injectable()
export class ConnectorSurroundings {
  constructor(
    readonly clock: Clock,
    readonly log: Logger,
    readonly metrics: ConnectorMetrics,
  ) {}

  /**
   * The time after which a delivery is given up, in milliseconds. Each part of one ends sooner by itself: a request, the wait for an
   * acknowledgement, a statement, the MAC of a seal.
   */
  get patienceMs(): number {
    return 300_000;
  }
}
