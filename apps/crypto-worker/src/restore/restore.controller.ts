import { type Context, restoreRecords } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { RestoreTenant } from './restore-tenant.js';

/** Serves the restoring of a tenant's records after its database was restored. */
@Controller()
export class RestoreController {
  constructor(private readonly restorer: RestoreTenant) {}

  @NeedsToken()
  @RequiresOutboxRoom()
  @AnswersDryRuns()
  @MessagePattern(restoreRecords)
  async restore(
    context: Context,
    request: z.infer<typeof restoreRecords.request>,
  ): Promise<Answer<z.infer<typeof restoreRecords.reply>>> {
    return { body: await this.restorer.restore(context, request) };
  }
}
