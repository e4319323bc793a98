import { Module } from '@nestjs/common';
import { EventModule } from '../event/event.module.js';
import { MacModule } from '../mac/mac.module.js';
import { ProofModule } from '../proof/proof.module.js';
import { RecordModule } from '../record/record.module.js';
import { ConnectorController } from './api/connector.controller.js';
import { ChangeConnectors } from './change/change-connectors.js';
import { SealedConnectors } from './change/sealed-connectors.js';
import { ConfiguredConnectors } from './delivery/configured-connectors.js';
import { ConnectorMetrics } from './delivery/connector-metrics.js';
import { ConnectorSurroundings } from './delivery/connector-surroundings.js';
import { DeliveryDatabase } from './delivery/delivery-database.js';
import { DeliveryRounds } from './delivery/delivery-rounds.js';
import { ConnectorKinds } from './kind/connector-kinds.js';
import { PlanReplay } from './replay/plan-replay.js';
import { TestConnector } from './trial/test-connector.js';

/** Delivers sealed events to the SIEMs of tenants and of the platform, and configures where to. */
@Module({
  imports: [EventModule, MacModule, ProofModule, RecordModule],
  controllers: [ConnectorController],
  providers: [
    ChangeConnectors,
    ConfiguredConnectors,
    ConnectorKinds,
    ConnectorMetrics,
    ConnectorSurroundings,
    DeliveryDatabase,
    DeliveryRounds,
    PlanReplay,
    SealedConnectors,
    TestConnector,
  ],
})
export class ConnectorModule {}
