import { Module } from '@nestjs/common';
import { GetPolicy } from './get-policy.js';
import { PolicyController } from './policy.controller.js';
import { PutPolicy } from './put-policy.js';
import { ReadVersion } from './read-version.js';
import { ReconcileChange } from './reconcile-change.js';
import { SettleChange } from './settle-change.js';
import { TemplateController } from './template.controller.js';
import { VersionController } from './version.controller.js';

/** Reads and changes the policies of tenants. */
@Module({
  controllers: [PolicyController, VersionController, TemplateController],
  providers: [GetPolicy, PutPolicy, ReadVersion, SettleChange, ReconcileChange],
  exports: [SettleChange, ReconcileChange],
})
export class PolicyModule {}
