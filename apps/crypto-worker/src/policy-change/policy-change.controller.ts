import { applyPolicy, type Context, compareEnforced, evaluatePolicyChange } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { ApplyPolicy } from './apply-policy.js';
import { CompareEnforced } from './compare-enforced.js';
import { EvaluateChange } from './evaluate-change.js';

/** Enforces changes of policy, tells in advance what they would refuse, and which are not in force. */
@Controller()
export class PolicyChangeController {
  constructor(
    private readonly applier: ApplyPolicy,
    private readonly evaluator: EvaluateChange,
    private readonly comparison: CompareEnforced,
  ) {}

  @NeedsToken()
  @MessagePattern(applyPolicy)
  async apply(
    context: Context,
    request: z.infer<typeof applyPolicy.request>,
  ): Promise<Answer<z.infer<typeof applyPolicy.reply>>> {
    return { body: await this.applier.apply(context, request) };
  }

  @NeedsToken()
  @MessagePattern(evaluatePolicyChange)
  async evaluate(
    context: Context,
    request: z.infer<typeof evaluatePolicyChange.request>,
  ): Promise<Answer<z.infer<typeof evaluatePolicyChange.reply>>> {
    return { body: await this.evaluator.evaluate(context, request) };
  }

  @NeedsToken()
  @MessagePattern(compareEnforced)
  async compare(
    _context: Context,
    request: z.infer<typeof compareEnforced.request>,
  ): Promise<Answer<z.infer<typeof compareEnforced.reply>>> {
    return { body: await this.comparison.compare(request) };
  }
}
