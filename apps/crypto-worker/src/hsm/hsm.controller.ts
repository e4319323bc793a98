import { type Context, surveyHsm, testHsm } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { ExamineHsm } from './examine-hsm.js';

/** Serves what can be found out about the partition's HSM. */
@Controller()
export class HsmController {
  constructor(private readonly hsm: ExamineHsm) {}

  @MessagePattern(surveyHsm)
  async survey(): Promise<Answer<z.infer<typeof surveyHsm.reply>>> {
    return { body: await this.hsm.look() };
  }

  @MessagePattern(testHsm)
  async test(
    context: Context,
    { quick }: z.infer<typeof testHsm.request>,
  ): Promise<Answer<z.infer<typeof testHsm.reply>>> {
    return { body: await this.hsm.test(context, quick) };
  }
}
