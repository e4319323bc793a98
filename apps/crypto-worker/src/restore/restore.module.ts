import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyModule } from '../key/key.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { PolicyChangeModule } from '../policy-change/policy-change.module.js';
import { RecordModule } from '../record/record.module.js';
import { RestoreController } from './restore.controller.js';
import { RestoreRecords } from './restore-records.js';
import { RestoreTenant } from './restore-tenant.js';
import { TenantCaches } from './tenant-caches.js';

/** Brings restored databases up to date with the audit trail. */
@Module({
  imports: [CustodyModule, KeyModule, PlatformKeyModule, PolicyModule, PolicyChangeModule, RecordModule],
  controllers: [RestoreController],
  providers: [RestoreRecords, RestoreTenant, TenantCaches],
})
export class RestoreModule {}
