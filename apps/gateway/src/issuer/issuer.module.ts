import { Module } from '@nestjs/common';
import { ApprovalModule } from '../approval/approval.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { RouteModule } from '../route/route.module.js';
import { ClaimNames } from './claim-name/claim-names.js';
import { IssuerController } from './issuer.controller.js';
import { issuerRoutes } from './issuer.routes.js';
import { IssuerChanges } from './issuer-changes.js';
import { IssuerUrls } from './issuer-urls.js';
import { Issuers } from './issuers.js';
import { GuardedFetch } from './key-source/guarded-fetch.js';
import { TenantIssuerKeys } from './key-source/tenant-issuer-keys.js';
import { PolicyInForce } from './policy-in-force.js';
import { TenantIssuers } from './tenant-issuers.js';

/** Serves the identity providers that tenants trust. The gateway owns them. */
@Module({
  imports: [RouteModule.forDomain(issuerRoutes), ApprovalModule, IdentityModule, OutboundModule],
  controllers: [IssuerController],
  providers: [
    ClaimNames,
    GuardedFetch,
    IssuerChanges,
    Issuers,
    IssuerUrls,
    PolicyInForce,
    TenantIssuerKeys,
    TenantIssuers,
  ],
  exports: [PolicyInForce, TenantIssuers],
})
export class IssuerModule {}
