import { Module } from '@nestjs/common';
import { ApprovalModule } from '../approval/approval.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { IssuerModule } from '../issuer/issuer.module.js';
import { RouteModule } from '../route/route.module.js';
import { ExclusionController } from './exclusion.controller.js';
import { exclusionRoutes } from './exclusion.routes.js';
import { ExclusionRules } from './exclusion-rules.js';
import { Exclusions } from './exclusions.js';

/** Serves the subjects that tenants have shut out. The gateway owns them. */
@Module({
  imports: [RouteModule.forDomain(exclusionRoutes), ApprovalModule, IdentityModule, IssuerModule],
  controllers: [ExclusionController],
  providers: [Exclusions, ExclusionRules],
})
export class ExclusionModule {}
