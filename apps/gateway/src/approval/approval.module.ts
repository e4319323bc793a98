import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { RouteModule } from '../route/route.module.js';
import { SweepModule } from '../sweep/sweep.module.js';
import { Sweeper } from '../sweep/sweeper.js';
import { ApprovalController } from './approval.controller.js';
import { approvalRoutes } from './approval.routes.js';
import { ApprovalEvents } from './approval-event.js';
import { ApprovalRequests } from './approval-requests.js';
import { Approvals } from './approvals.js';
import { ControlledRoutes } from './controlled-route.js';
import { Decisions } from './decisions.js';
import { EndApprovals } from './end/end-approvals.js';
import { RequestsOnRecord } from './trail/requests-on-record.js';

/** Serves requests that wait for a second person. The gateway owns them. */
@Module({
  imports: [RouteModule.forDomain(approvalRoutes), IdentityModule, SweepModule],
  controllers: [ApprovalController],
  providers: [ApprovalEvents, ApprovalRequests, Approvals, ControlledRoutes, Decisions, EndApprovals, RequestsOnRecord],
  exports: [ApprovalRequests, ControlledRoutes, Decisions, EndApprovals],
})
export class ApprovalModule {
  constructor(sweeper: Sweeper, approvals: Approvals) {
    sweeper.add('old approvals', () => approvals.removeOld());
  }
}
