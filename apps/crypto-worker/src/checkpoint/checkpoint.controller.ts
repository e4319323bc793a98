import { verifierKeyOf } from '@ankasecure/audit-event';
import { type Context, listCheckpointKeys, signCheckpoint } from '@ankasecure/contracts';
import { type Answer, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { CheckpointKeys } from './checkpoint-key.js';
import { SignCheckpoint } from './sign-checkpoint.js';

/** Signs the checkpoints of audit trails for the audit service. */
@Controller()
export class CheckpointController {
  constructor(
    private readonly signer: SignCheckpoint,
    private readonly keys: CheckpointKeys,
  ) {}

  @NeedsToken()
  @RequiresOutboxRoom()
  @MessagePattern(signCheckpoint)
  async sign(
    context: Context,
    request: z.infer<typeof signCheckpoint.request>,
  ): Promise<Answer<z.infer<typeof signCheckpoint.reply>>> {
    return { body: await this.signer.sign(context, request) };
  }

  @MessagePattern(listCheckpointKeys)
  async list({ tenantId }: Context): Promise<Answer<z.infer<typeof listCheckpointKeys.reply>>> {
    const keys = (await this.keys.all(tenantId)).map((key) => ({
      algorithm: key.algorithm,
      generation: key.generation,
      verifierKey: verifierKeyOf(key),
    }));
    return { body: { origin: this.keys.originOf(tenantId), keys } };
  }
}
