import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { auditRoutes } from './audit.routes.js';
import { DenialRecord } from './denial.js';

/** The audit trail, which the audit service answers for, and the gateway's own denials on their way into it. */
@Module({ imports: [RouteModule.forDomain(auditRoutes)], providers: [DenialRecord], exports: [DenialRecord] })
export class AuditModule {}
