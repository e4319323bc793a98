import {
  type Context,
  type DryRun,
  deleteRotationPolicy,
  getRotationPolicy,
  putRotationPolicy,
  type RotationPolicy,
} from '@ankasecure/contracts';
import {
  type Answer,
  AnswersDryRuns,
  isDryRun,
  MessagePattern,
  RecordsDenial,
  RequiresOutboxRoom,
} from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { RotationPolicies } from './rotation-policy.js';

const answerOf = (result: Answer<RotationPolicy> | DryRun): Answer<RotationPolicy | DryRun> =>
  isDryRun(result) ? { body: result } : result;

/** Serves the rotation policies of keys. */
@Controller()
export class RotationPolicyController {
  constructor(private readonly policies: RotationPolicies) {}

  @RecordsDenial<z.infer<typeof getRotationPolicy.request>>('key.rotation-policy.get', ({ id }) => ({ keyId: id }))
  @NeedsToken()
  @MessagePattern(getRotationPolicy)
  async get(context: Context, request: z.infer<typeof getRotationPolicy.request>): Promise<Answer<RotationPolicy>> {
    return this.policies.get(context, request);
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(putRotationPolicy.contract)
  async put(
    context: Context,
    request: z.infer<typeof putRotationPolicy.contract.request>,
  ): Promise<Answer<RotationPolicy | DryRun>> {
    return answerOf(await this.policies.put(context, request));
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(deleteRotationPolicy)
  async delete(
    context: Context,
    request: z.infer<typeof deleteRotationPolicy.request>,
  ): Promise<Answer<RotationPolicy | DryRun>> {
    return answerOf(await this.policies.remove(context, request));
  }
}
