import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { HttpModule } from '../http/http.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ServiceAccountModule } from '../service-account/service-account.module.js';
import { SweepModule } from '../sweep/sweep.module.js';
import { Sweeper } from '../sweep/sweeper.js';
import { TenantModule } from '../tenant/tenant.module.js';
import { ClientAuthentication } from './client-authentication.js';
import { IssueToken } from './issue-token.js';
import { IssuedTokens } from './issued-tokens.js';
import { OwnIssuer } from './own-issuer.js';
import { TokenEndpoint } from './token-endpoint.js';
import { TokenKeys } from './token-keys.js';
import { TokenRequests } from './token-requests.js';
import { UsedAssertions } from './used-assertions.js';

/** Issues access tokens to service accounts: `POST /oauth/token`, and the gateway as an issuer. */
@Module({
  imports: [AuditModule, HttpModule, IdentityModule, ServiceAccountModule, SweepModule, TenantModule],
  providers: [
    ClientAuthentication,
    IssuedTokens,
    IssueToken,
    OwnIssuer,
    TokenEndpoint,
    TokenKeys,
    TokenRequests,
    UsedAssertions,
  ],
  exports: [OwnIssuer],
})
export class AccessTokenModule {
  constructor(sweeper: Sweeper, assertions: UsedAssertions) {
    sweeper.add('expired assertions', () => assertions.removeExpired());
  }
}
