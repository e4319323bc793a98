import { Module } from '@nestjs/common';
import { PolicyModule } from '../policy/policy.module.js';
import { TenantSlugs } from '../tenant/tenant-slugs.js';
import { CreateTenant } from './create-tenant.js';
import { PlatformTenant } from './platform-tenant.js';
import { ReadTenant } from './read-tenant.js';
import { RecordModule } from './record.module.js';
import { RestorePolicy } from './restore-policy.js';
import { RestoreTenant } from './restore-tenant.js';
import { SwitchTenant } from './switch-tenant.js';
import { TenantController } from './tenant.controller.js';

/** Creates, lists and disables tenants. */
@Module({
  imports: [PolicyModule, RecordModule],
  controllers: [TenantController],
  providers: [CreateTenant, ReadTenant, RestorePolicy, RestoreTenant, PlatformTenant, SwitchTenant, TenantSlugs],
})
export class TenancyModule {}
