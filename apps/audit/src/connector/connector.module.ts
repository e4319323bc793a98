import { Module } from '@nestjs/common';
import { MacModule } from '../mac/mac.module.js';
import { RecordModule } from '../record/record.module.js';
import { ConfiguredConnectors } from './delivery/configured-connectors.js';
import { ConnectorMetrics } from './delivery/connector-metrics.js';
import { ConnectorSurroundings } from './delivery/connector-surroundings.js';
import { DeliveryDatabase } from './delivery/delivery-database.js';
import { DeliveryRounds } from './delivery/delivery-rounds.js';
import { ConnectorKinds } from './kind/connector-kinds.js';

/** Delivers sealed events to the SIEMs of tenants and of the platform. */
@Module({
  imports: [MacModule, RecordModule],
  providers: [
    ConfiguredConnectors,
    ConnectorKinds,
    ConnectorMetrics,
    ConnectorSurroundings,
    DeliveryDatabase,
    DeliveryRounds,
  ],
})
export class ConnectorModule {}
