import { unconnectedKit } from '@ankasecure/testing';
import { describeWiring } from '@ankasecure/testing/wiring';
import { AppModule } from './app.module.js';
import type { PolicyConfig } from './config.js';
import { schema } from './schema.js';

const config = { cursorSecret: 'c'.repeat(32), partition: 'default', partitions: [] as string[] } as PolicyConfig;

describeWiring(
  'policy',
  { root: () => AppModule.of(config), kit: () => unconnectedKit('policy', schema) },
  {
    AdoptRemotely: 'seals the records of an older release, at the start',
    PlaceRecords: 'gives the records of an older release their places in the history, after the start',
    OpenOutbox: 'gets the key that proves audit events, and tries until it has it',
    BehindHealth: 'names a database that is older than the audit trail in the readiness answer',
    CommittedChanges: 'tells the history what a transaction has committed',
    PlatformTenant: 'creates the platform’s tenant at start-up',
  },
);
