import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { ApplyPolicy } from './apply-policy.js';
import { CompareEnforced } from './compare-enforced.js';
import { EvaluateChange } from './evaluate-change.js';
import { PolicyChangeController } from './policy-change.controller.js';

/** Changes of the policies that this partition enforces. */
@Module({
  imports: [CustodyModule, PlatformKeyModule, PolicyModule],
  controllers: [PolicyChangeController],
  providers: [ApplyPolicy, CompareEnforced, EvaluateChange],
  exports: [ApplyPolicy],
})
export class PolicyChangeModule {}
