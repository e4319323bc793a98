import {
  adoptGatewayRecords,
  checkGatewayRecords,
  openGatewayOutbox,
  sealGatewayRecords,
  sealOlderGatewayRecords,
} from '@ankasecure/contracts';
import {
  RecordHistory,
  RecordPartitions,
  RecordSets,
  remoteRecordProviders,
  WatchedDatabase,
} from '@ankasecure/service-kit';
import { Global, Module } from '@nestjs/common';
import { TenantModule } from '../tenant/tenant.module.js';
import { DirectoryPartitions } from './record-partitions.js';

const contracts = {
  seal: sealGatewayRecords,
  check: checkGatewayRecords,
  sealOlder: sealOlderGatewayRecords,
  adopt: adoptGatewayRecords,
  openOutbox: openGatewayOutbox,
};

/**
 * The seals of the gateway's records, which the workers of each tenant's partition compute, and their history. It is global,
 * because rooms below it read records too.
 */
@Global()
@Module({
  imports: [TenantModule],
  providers: [
    ...remoteRecordProviders('gateway', contracts),
    RecordSets,
    { provide: RecordPartitions, useClass: DirectoryPartitions },
    { provide: WatchedDatabase, useValue: new WatchedDatabase('gateway', 'ankadb_gateway', null) },
  ],
  exports: [RecordHistory, RecordSets],
})
export class RecordModule {}
