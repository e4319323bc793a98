import { type Context, type DryRun, getPolicy, type Policy, putPolicy, rollbackPolicy } from '@ankasecure/contracts';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import { GetPolicy } from './get-policy.js';
import { PutPolicy } from './put-policy.js';
import { ReconcileChange } from './reconcile-change.js';

@Controller()
export class PolicyController {
  constructor(
    private readonly reader: GetPolicy,
    private readonly changer: PutPolicy,
    private readonly reconciler: ReconcileChange,
  ) {}

  @MessagePattern(getPolicy)
  get(context: Context): Promise<Answer<Policy>> {
    return this.reader.get(context);
  }

  @MessagePattern(putPolicy)
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  put(context: Context, document: PolicyDocument): Promise<Answer<Policy | DryRun>> {
    return this.reconciler.watch(this.changer.put(context, document));
  }

  @MessagePattern(rollbackPolicy)
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  rollback(context: Context, request: { version: number }): Promise<Answer<Policy | DryRun>> {
    return this.reconciler.watch(this.changer.rollback(context, request));
  }
}
