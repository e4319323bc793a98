import { Module } from '@nestjs/common';
import { ApprovalModule } from '../approval/approval.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RouteModule } from '../route/route.module.js';
import { RestoreController } from './restore.controller.js';
import { restoreRoutes } from './restore.routes.js';
import { RestoreRecords } from './restore-records.js';
import { RestoreTenant } from './restore-tenant.js';

/** Brings restored databases up to date with the audit trail. */
@Module({
  imports: [RouteModule.forDomain(restoreRoutes), ApprovalModule, IdentityModule],
  controllers: [RestoreController],
  providers: [RestoreTenant, RestoreRecords],
})
export class RestoreModule {}
