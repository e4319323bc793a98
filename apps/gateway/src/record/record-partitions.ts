import { newId, platformTenantId } from '@ankasecure/contracts';
import { RecordPartitions } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TenantDirectory } from '../tenant/tenant-directory.js';

/** The partitions of tenants, as the gateway routes their requests. */
@Injectable()
export class DirectoryPartitions extends RecordPartitions {
  constructor(private readonly tenants: TenantDirectory) {
    super();
  }

  async of(tenantId: string | null): Promise<string> {
    const tenant = tenantId ?? platformTenantId;
    return this.tenants.known(tenant) ?? this.tenants.find({ tenantId: tenant, subject: 'gateway' }, newId());
  }
}
