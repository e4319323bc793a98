import { Clock, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** The clock and the log of connectors. */
@Injectable()
export class ConnectorSurroundings {
  constructor(
    readonly clock: Clock,
    readonly log: Logger,
  ) {}
}
