import { unconnectedKit } from '@ankasecure/testing';
import { describeWiring } from '@ankasecure/testing/wiring';
import { AppModule } from './app.module.js';
import type { AuditConfig } from './config.js';
import { schema } from './schema.js';

const config = {
  connectors: { secretsDirectory: '/nowhere', allowedNetworks: [] as string[] },
  cursorSecret: 'c'.repeat(32),
  partition: 'default',
} as AuditConfig;

describeWiring(
  'audit',
  { root: () => AppModule.of(config), kit: () => unconnectedKit('audit', schema, { outbox: 'none' }) },
  {
    AnchorRounds: 'moves the anchor in the token forward',
    CheckpointRounds: 'makes the checkpoints that are due',
    DeliveryRounds: 'delivers sealed events to connectors',
    TrailHealth: 'names refused trails in the readiness answer',
    MonthPartitions: 'makes the coming months’ partitions',
  },
);
