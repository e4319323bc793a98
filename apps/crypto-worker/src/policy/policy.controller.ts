import { type Context, evaluatePolicy, listAlgorithms } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { EvaluatePolicy } from './evaluate-policy.js';
import { ListAlgorithm } from './list-algorithm.js';

/** Answers what the tenant's enforced policy allows on this partition. */
@Controller()
export class PolicyController {
  constructor(
    private readonly evaluator: EvaluatePolicy,
    private readonly algorithms: ListAlgorithm,
  ) {}

  @NeedsToken()
  @MessagePattern(listAlgorithms)
  async list(context: Context): Promise<Answer<z.infer<typeof listAlgorithms.reply>>> {
    return { body: await this.algorithms.list(context) };
  }

  @NeedsToken()
  @MessagePattern(evaluatePolicy)
  async evaluate(
    context: Context,
    request: z.infer<typeof evaluatePolicy.request>,
  ): Promise<Answer<z.infer<typeof evaluatePolicy.reply>>> {
    return { body: await this.evaluator.evaluate(context, request) };
  }
}
