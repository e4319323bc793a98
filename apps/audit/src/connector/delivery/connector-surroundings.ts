import { Clock, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { ConnectorMetrics } from './connector-metrics.js';

/** The clock, the log and the metrics of connectors. */
@Injectable()
export class ConnectorSurroundings {
  constructor(
    readonly clock: Clock,
    readonly log: Logger,
    readonly metrics: ConnectorMetrics,
  ) {}
}
