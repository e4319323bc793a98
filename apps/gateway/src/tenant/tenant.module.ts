import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { kekRoutes } from './kek.routes.js';
import { tenantRoutes } from './tenant.routes.js';
import { TenantDirectory } from './tenant-directory.js';

/** Serves tenants and their KEKs, which the policy service and the crypto-worker own, and finds each tenant's partition. */
@Module({
  imports: [RouteModule.forDomain(tenantRoutes, kekRoutes)],
  providers: [TenantDirectory],
  exports: [TenantDirectory],
})
export class TenantModule {}
