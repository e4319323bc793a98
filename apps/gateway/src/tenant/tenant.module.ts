import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { kekRoutes } from './kek.routes.js';
import { tenantRoutes } from './tenant.routes.js';
import { TenantDirectory } from './tenant-directory.js';

/** Tenants and their KEKs, which policy and the crypto-worker answer for, and the partition that each tenant lives on. */
@Module({
  imports: [RouteModule.forDomain(tenantRoutes, kekRoutes)],
  providers: [TenantDirectory],
  exports: [TenantDirectory],
})
export class TenantModule {}
