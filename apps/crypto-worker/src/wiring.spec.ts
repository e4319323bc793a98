import { unconnectedKit } from '@ankasecure/testing';
import { describeWiring } from '@ankasecure/testing/wiring';
import { vi } from 'vitest';
import { configSections, type WorkerConfig } from './config.js';
import { OpenCustody } from './custody/assembly/open-custody.js';
import type { Custody } from './custody/custody.js';
import { schema } from './schema.js';
import { WorkerModule } from './worker.module.js';

const config = {
  cursorSecret: 'c'.repeat(32),
  partition: 'default',
  hsm: { pkcs11: { libraryPath: 'none', pin: 'none' }, partitions: {} },
  auditMac: { mode: 'day-key' },
  lifecycle: { minimumWaitingDays: 7 },
  backup: { horizon: 'P35D' },
  quota: { tenants: [] },
} as unknown as WorkerConfig;

/** There is no token to open. What opens it is wired all the same. */
vi.spyOn(OpenCustody.prototype, 'open').mockResolvedValue({} as Custody);

describeWiring(
  'crypto-worker',
  {
    root: () => ({ module: WorkerModule, imports: [configSections(config)] }),
    kit: () => unconnectedKit('crypto-worker', schema),
  },
  {
    RecordSeals: 'seals and checks records, as a subscriber of the data source',
    CertificateWatch: 'warns ahead of the sunset of the HSM’s certificate, in rounds',
    DestroyRetiredKeks: 'destroys the KEKs that no backup needs, in rounds',
    ForgetUnwrapped: 'listens for changed versions, and forgets their unwrapped keys',
    OpenOutbox: 'gets the key that proves audit events, and tries until it has it',
    BehindHealth: 'names a database that is older than the audit trail in the readiness answer',
    CommittedChanges: 'tells the history what a transaction has committed',
    OverdueWatch: 'finds what the trail plans and the database does not list as due, in rounds',
    PartitionRole: 'refuses to start with a database role of another partition',
    Reconciler: 'ends what dead workers left behind, in rounds',
    RewrapKeys: 'wraps keys again after a KEK is rotated, in rounds',
  },
);
