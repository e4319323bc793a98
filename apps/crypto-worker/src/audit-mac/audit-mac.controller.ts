import { type Context, computeMacs } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { ComputeMac } from './compute-mac.js';

/** Serves the MACs of sealed events to the audit service. */
@Controller()
export class AuditMacController {
  constructor(private readonly macs: ComputeMac) {}

  @NeedsToken()
  @MessagePattern(computeMacs)
  async compute(
    context: Context,
    request: z.infer<typeof computeMacs.request>,
  ): Promise<Answer<z.infer<typeof computeMacs.reply>>> {
    return { body: await this.macs.compute(context, request) };
  }
}
