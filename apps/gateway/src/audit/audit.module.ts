import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { SweepModule } from '../sweep/sweep.module.js';
import { auditRoutes } from './audit.routes.js';
import { checkpointRoutes } from './checkpoint.routes.js';
import { connectorRoutes } from './connector.routes.js';
import { RefusalRecord } from './refusal-record.js';

/** Serves the audit trail, which the audit service owns, and records the gateway's own refusals. */
@Module({
  imports: [SweepModule, RouteModule.forDomain([...auditRoutes, ...checkpointRoutes, ...connectorRoutes])],
  providers: [RefusalRecord],
  exports: [RefusalRecord],
})
export class AuditModule {}
