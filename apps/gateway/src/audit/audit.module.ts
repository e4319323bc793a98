import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { auditRoutes } from './audit.routes.js';
import { DenialRecord } from './denial.js';

/** Serves the audit trail, which the audit service owns, and records the gateway's own denials. */
@Module({ imports: [RouteModule.forDomain(auditRoutes)], providers: [DenialRecord], exports: [DenialRecord] })
export class AuditModule {}
