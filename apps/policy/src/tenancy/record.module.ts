import {
  adoptPolicyRecords,
  checkPolicyRecords,
  openPolicyOutbox,
  sealOlderPolicyRecords,
  sealPolicyRecords,
} from '@ankasecure/contracts';
import { RecordHistory, RecordPartitions, remoteRecordProviders, WatchedDatabase } from '@ankasecure/service-kit';
import { Module } from '@nestjs/common';
import { EnforcedComparison } from './enforced-comparison.js';
import { StoredPartitions } from './stored-partitions.js';
import { WatchedTenants } from './watched-tenants.js';

const contracts = {
  seal: sealPolicyRecords,
  check: checkPolicyRecords,
  sealOlder: sealOlderPolicyRecords,
  adopt: adoptPolicyRecords,
  openOutbox: openPolicyOutbox,
};

/** The seals of the service's records, which the workers compute. Records of an older release are sealed before any is used. */
@Module({
  providers: [
    ...remoteRecordProviders('policy', contracts),
    EnforcedComparison,
    { provide: WatchedDatabase, useClass: WatchedTenants },
    StoredPartitions,
    { provide: RecordPartitions, useExisting: StoredPartitions },
  ],
  exports: [StoredPartitions, RecordHistory],
})
export class RecordModule {}
