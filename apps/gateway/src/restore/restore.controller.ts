import type { Context, DryRun, RestoreReport } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { restoreTenantHere } from './restore.contract.js';
import { RestoreTenant } from './restore-tenant.js';

/** Serves the restoring of a tenant's records after a database was restored. */
@Controller()
export class RestoreController {
  constructor(private readonly restorer: RestoreTenant) {}

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @MessagePattern(restoreTenantHere)
  async restore(
    context: Context,
    request: z.infer<typeof restoreTenantHere.request>,
  ): Promise<Answer<RestoreReport | DryRun>> {
    return { body: await this.restorer.restore(context, request) };
  }
}
