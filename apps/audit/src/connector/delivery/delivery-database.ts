import { DatabaseConfig } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { OwnConnections } from '../../trail/own-connections.js';
import { ConnectorRecord } from '../store/connector.entity.js';

/** As many as may deliver at once share them: between two statements a delivery waits for its receiver. */
const connections = 4;

/** The connections of deliveries. Sealing and reading have their own, and never wait for a delivery. */
@Injectable()
export class DeliveryDatabase extends OwnConnections {
  constructor(database: DatabaseConfig) {
    super(database, 'deliver', connections, [ConnectorRecord]);
  }
}
