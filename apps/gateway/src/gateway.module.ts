import { type DynamicModule, Module } from '@nestjs/common';
import { AdmissionModule } from './admission/admission.module.js';
import { ApiDescriptionModule } from './api-description/api-description.module.js';
import { ApprovalConfig } from './approval/approval.config.js';
import { ApprovalModule } from './approval/approval.module.js';
import { AuditModule } from './audit/audit.module.js';
import { IdentityConfig } from './auth/identity.config.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { ExclusionModule } from './exclusion/exclusion.module.js';
import type { GatewayConfig } from './gateway.config.js';
import { HsmModule } from './hsm/hsm.module.js';
import { HttpConfig } from './http/http.config.js';
import { AnswerMac } from './idempotency/answer-mac.js';
import { IssuerModule } from './issuer/issuer.module.js';
import { KeyModule } from './key/key.module.js';
import { KeySetModule } from './key-set/key-set.module.js';
import { OutboundConfig } from './outbound/outbound.config.js';
import { PolicyModule } from './policy/policy.module.js';
import { QuotaConfig } from './quota/quota.config.js';
import { RecordModule } from './record/record.module.js';
import { RestoreModule } from './restore/restore.module.js';
import { RoutesModule, RouteTableModule } from './routes/routes.module.js';
import { ServiceAccountModule } from './service-account/service-account.module.js';
import { TenantModule } from './tenant/tenant.module.js';

/** The gateway: a module for each domain, and the server of their routes. Each configuration section is injected by its class. */
@Module({
  imports: [
    RecordModule,
    KeyModule,
    CryptoModule,
    PolicyModule,
    ApprovalModule,
    ServiceAccountModule,
    IssuerModule,
    ExclusionModule,
    AuditModule,
    TenantModule,
    RestoreModule,
    HsmModule,
    KeySetModule,
    RouteTableModule,
    AdmissionModule,
    RoutesModule,
    ApiDescriptionModule,
  ],
})
export class GatewayModule {
  static of({ http, identity, approval, outbound, quota, nats }: GatewayConfig): DynamicModule {
    const sections = [
      { provide: HttpConfig, useValue: http },
      { provide: IdentityConfig, useValue: identity },
      { provide: ApprovalConfig, useValue: approval },
      { provide: OutboundConfig, useValue: outbound },
      { provide: AnswerMac, useValue: new AnswerMac(nats.nkeySeed) },
      { provide: QuotaConfig, useValue: { limits: quota } satisfies QuotaConfig },
    ];
    return { module: GatewayModule, global: true, providers: sections, exports: sections };
  }
}
