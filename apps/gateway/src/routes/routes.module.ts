import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AdmissionModule } from '../admission/admission.module.js';
import { ApprovalModule } from '../approval/approval.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { HttpModule } from '../http/http.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { IssuerModule } from '../issuer/issuer.module.js';
import { KeyModule } from '../key/key.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { RouteTable } from '../route/route-table.js';
import { ServiceRequestModule } from '../route/service-request.module.js';
import { TenantModule } from '../tenant/tenant.module.js';
import { AnswerOrWait } from './answer-or-wait.js';
import { Create } from './create.js';
import { Forward } from './forward.js';
import { NotFound } from './not-found.js';
import { RecordedRequest } from './recorded-request.js';
import { Refusals } from './refusals.js';
import { RegisteredRoutes } from './registered-routes.js';
import { routes } from './routes.js';
import { SecondPerson } from './second-person.js';
import { RouteAnswers, RouteHandlers, ServeRoutes } from './serve-routes.js';

@Global()
@Module({
  providers: [{ provide: RouteTable, useValue: new RouteTable(routes) }],
  exports: [RouteTable],
})
export class RouteTableModule {}

/** Serves the rows that the domains' modules register. */
@Module({
  imports: [
    DiscoveryModule,
    AdmissionModule,
    ApprovalModule,
    AuditModule,
    HttpModule,
    IdempotencyModule,
    IssuerModule,
    KeyModule,
    QuotaModule,
    ServiceRequestModule,
    TenantModule,
  ],
  providers: [
    AnswerOrWait,
    Create,
    Forward,
    NotFound,
    RecordedRequest,
    Refusals,
    RegisteredRoutes,
    RouteAnswers,
    RouteHandlers,
    SecondPerson,
    ServeRoutes,
  ],
})
export class RoutesModule {}
