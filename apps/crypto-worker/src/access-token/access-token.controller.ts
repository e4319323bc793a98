import { type Context, signToken } from '@ankasecure/contracts';
import { type Answer, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { SignToken } from './sign-token.js';

/** Signs the access tokens of service accounts. */
@Controller()
export class AccessTokenController {
  constructor(private readonly signer: SignToken) {}

  @NeedsToken()
  @RequiresOutboxRoom()
  @MessagePattern(signToken)
  async sign(
    context: Context,
    request: z.infer<typeof signToken.request>,
  ): Promise<Answer<z.infer<typeof signToken.reply>>> {
    return { body: await this.signer.sign(context, request) };
  }
}
