import { adoptGatewayRecords, checkGatewayRecords, sealGatewayRecords } from '@ankasecure/contracts';
import { RecordPartitions, remoteRecordProviders, WatchedDatabase } from '@ankasecure/service-kit';
import { Module } from '@nestjs/common';
import { TenantModule } from '../tenant/tenant.module.js';
import { DirectoryPartitions } from './record-partitions.js';

const contracts = { seal: sealGatewayRecords, check: checkGatewayRecords, adopt: adoptGatewayRecords };

/** The seals of the gateway's records, which the workers of each tenant's partition compute. */
@Module({
  imports: [TenantModule],
  providers: [
    ...remoteRecordProviders('gateway', contracts),
    { provide: RecordPartitions, useClass: DirectoryPartitions },
    { provide: WatchedDatabase, useValue: new WatchedDatabase('gateway', 'ankadb_gateway', null) },
  ],
})
export class RecordModule {}
