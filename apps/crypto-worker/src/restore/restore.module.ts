import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyModule } from '../key/key.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { PolicyChangeModule } from '../policy-change/policy-change.module.js';
import { RecordModule } from '../record/record.module.js';
import { RestoreController } from './restore.controller.js';
import { RestoreTenant } from './restore-tenant.js';
import { TenantCaches } from './tenant-caches.js';

/** Brings restored databases up to date with the audit trail. */
@Module({
  imports: [CustodyModule, KeyModule, PolicyModule, PolicyChangeModule, RecordModule],
  controllers: [RestoreController],
  providers: [RestoreTenant, TenantCaches],
})
export class RestoreModule {}
