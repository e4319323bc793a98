import type { Context } from '@ankasecure/contracts';
import { type Answer, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { AskHsm } from './ask-hsm.js';
import { surveyHsmHere, testHsmHere } from './hsm.contract.js';

/** Serves what the platform's administrators may find out about the HSMs. */
@Controller()
export class HsmController {
  constructor(private readonly hsms: AskHsm) {}

  @RequiresOutboxRoom()
  @MessagePattern(surveyHsmHere)
  async survey(
    context: Context,
    { partition }: z.infer<typeof surveyHsmHere.request>,
  ): Promise<Answer<z.infer<typeof surveyHsmHere.reply>>> {
    return { body: await this.hsms.survey(context, partition) };
  }

  @RequiresOutboxRoom()
  @MessagePattern(testHsmHere)
  async test(
    context: Context,
    { partition, quick }: z.infer<typeof testHsmHere.request>,
  ): Promise<Answer<z.infer<typeof testHsmHere.reply>>> {
    return { body: await this.hsms.test(context, partition, quick) };
  }
}
