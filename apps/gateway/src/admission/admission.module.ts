import { Module } from '@nestjs/common';
import { AccessTokenModule } from '../access-token/access-token.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { Authentication } from '../auth/authentication.js';
import { IssuerSources } from '../auth/issuer.js';
import { TokenVerifier } from '../auth/token-verifier.js';
import { HttpModule } from '../http/http.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { IssuerModule } from '../issuer/issuer.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { TenantModule } from '../tenant/tenant.module.js';
import { Admission } from './admission.js';
import { KnownIssuers } from './known-issuers.js';

@Module({
  imports: [AuthModule, HttpModule, IdentityModule, IssuerModule, QuotaModule, AccessTokenModule, TenantModule],
  providers: [Admission, Authentication, TokenVerifier, { provide: IssuerSources, useClass: KnownIssuers }],
  exports: [Admission],
})
export class AdmissionModule {}
