import { type Context, verifyTrail } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { VerifyTrail } from './verify-trail.js';

@Controller()
export class VerificationController {
  constructor(private readonly verifier: VerifyTrail) {}

  @MessagePattern(verifyTrail)
  async verify(
    context: Context,
    range: z.infer<typeof verifyTrail.request>,
  ): Promise<Answer<z.infer<typeof verifyTrail.reply>>> {
    return { body: await this.verifier.verify(context, range) };
  }
}
