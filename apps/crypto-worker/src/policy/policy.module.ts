import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyModule } from '../key/key.module.js';
import { EnforcedPolicies } from './enforced-policy.js';
import { EvaluatePolicy } from './evaluate-policy.js';
import { ListAlgorithm } from './list-algorithm.js';
import { PolicyController } from './policy.controller.js';

/** The copies of tenants' policies that this partition enforces. */
@Module({
  imports: [CustodyModule, KeyModule],
  controllers: [PolicyController],
  providers: [EnforcedPolicies, EvaluatePolicy, ListAlgorithm],
  exports: [EnforcedPolicies],
})
export class PolicyModule {}
