import { unconnectedKit } from '@ankasecure/testing';
import { describeWiring } from '@ankasecure/testing/wiring';
import type { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { schema } from './schema.js';

const config = {
  http: {},
  identity: { issuers: [], tenantIssuers: { allowedNetworks: [] } },
  approval: {},
  nats: { nkeySeed: 'SU' },
} as unknown as GatewayConfig;

describeWiring(
  'gateway',
  { root: () => GatewayModule.of(config), kit: () => unconnectedKit('gateway', schema) },
  {
    AdoptRemotely: 'seals the records of an older release, at the start',
    PlaceRecords: 'gives the records of an older release their places in the history, after the start',
    DescriptionEndpoints: 'adds its routes to the server at start-up',
    DomainRoutes: 'is discovered: `RegisteredRoutes` fails at start-up when a row of the table is not registered',
    OpenOutbox: 'gets the key that proves audit events, and tries until it has it',
    BehindHealth: 'names a database that is older than the audit trail in the readiness answer',
    CommittedChanges: 'tells the history what a transaction has committed',
    KeySetEndpoint: 'adds its route to the server at start-up',
    MetadataScanner: 'belongs to Nest’s `DiscoveryModule`',
    NotFound: 'answers unknown paths from start-up',
    ProbeEndpoints: 'adds its routes to the server at start-up',
    ServeRoutes: 'adds the routes of the table to the server at start-up',
    TokenEndpoint: 'adds its route to the server at start-up',
  },
);
