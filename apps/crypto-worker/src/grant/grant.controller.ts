import { type Context, type DryRun, deleteGrants, getGrants, type KeyGrants, putGrants } from '@ankasecure/contracts';
import {
  type Answer,
  AnswersDryRuns,
  MessagePattern,
  RecordsDenial,
  RequiresOutboxRoom,
} from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { withRevision } from '../outcome/answer.js';
import { ChangeGrants } from './change-grants.js';

/** Serves the grants on keys. */
@Controller()
export class GrantController {
  constructor(private readonly grants: ChangeGrants) {}

  @RecordsDenial<z.infer<typeof getGrants.request>>('key.grants.get', ({ id }) => ({ keyId: id }))
  @NeedsToken()
  @MessagePattern(getGrants)
  async get(context: Context, request: z.infer<typeof getGrants.request>): Promise<Answer<KeyGrants>> {
    const body = await this.grants.get(context, request);
    return { body, revision: body.revision };
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(putGrants.contract)
  async put(
    context: Context,
    request: z.infer<typeof putGrants.contract.request>,
  ): Promise<Answer<KeyGrants | DryRun>> {
    return withRevision(await this.grants.put(context, request));
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(deleteGrants)
  async delete(context: Context, request: z.infer<typeof deleteGrants.request>): Promise<Answer<KeyGrants | DryRun>> {
    return withRevision(await this.grants.delete(context, request));
  }
}
