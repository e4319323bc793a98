import { acceptTrails, type Context, type DryRun } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { AcceptTrails } from './accept-trails.js';

@Controller()
export class AcceptanceController {
  constructor(private readonly accepter: AcceptTrails) {}

  @MessagePattern(acceptTrails)
  @AnswersDryRuns()
  async accept(context: Context): Promise<Answer<z.infer<typeof acceptTrails.reply> | DryRun>> {
    return { body: await this.accepter.accept(context) };
  }
}
