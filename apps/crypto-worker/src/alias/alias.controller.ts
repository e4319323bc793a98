import {
  type Alias,
  type Context,
  type DryRun,
  deleteAlias,
  getAlias,
  listAliases,
  putAlias,
  resolveAlias,
} from '@ankasecure/contracts';
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
import { KeyAliases } from './key-alias.js';

/** Serves the names that tenants give their keys. */
@Controller()
export class AliasController {
  constructor(private readonly aliases: KeyAliases) {}

  @RecordsDenial<z.infer<typeof getAlias.request>>('alias.get', ({ name }) => ({ details: { alias: name } }))
  @NeedsToken()
  @MessagePattern(getAlias)
  async get(context: Context, request: z.infer<typeof getAlias.request>): Promise<Answer<Alias>> {
    const body = await this.aliases.get(context, request);
    return { body, revision: body.revision };
  }

  @NeedsToken()
  @MessagePattern(resolveAlias)
  async resolve(context: Context, request: z.infer<typeof resolveAlias.request>): Promise<Answer<{ keyId: string }>> {
    return { body: await this.aliases.resolve(context, request) };
  }

  @NeedsToken()
  @MessagePattern(listAliases)
  async list(
    context: Context,
    request: z.infer<typeof listAliases.request>,
  ): Promise<Answer<z.infer<typeof listAliases.reply>>> {
    return { body: await this.aliases.list(context, request) };
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(putAlias.contract)
  async put(context: Context, request: z.infer<typeof putAlias.contract.request>): Promise<Answer<Alias | DryRun>> {
    return withRevision(await this.aliases.put(context, request));
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(deleteAlias)
  async delete(context: Context, request: z.infer<typeof deleteAlias.request>): Promise<Answer<Alias | DryRun>> {
    return withRevision(await this.aliases.remove(context, request));
  }
}
