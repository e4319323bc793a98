import type { Context, DryRun } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, isDryRun, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { createIssuer, deleteIssuer, getIssuer, listIssuers, putIssuer, type TenantIssuer } from './issuer.contract.js';
import { Issuers } from './issuers.js';

const answer = (body: TenantIssuer): Answer<TenantIssuer> => ({ body, id: body.id, revision: body.revision });

const changed = (result: TenantIssuer | DryRun): Answer<TenantIssuer | DryRun> =>
  isDryRun(result) ? { body: result } : answer(result);

@Controller()
export class IssuerController {
  constructor(private readonly issuers: Issuers) {}

  @AnswersDryRuns()
  @MessagePattern(createIssuer)
  async create(
    context: Context,
    request: z.infer<typeof createIssuer.request>,
  ): Promise<Answer<TenantIssuer | DryRun>> {
    return changed(await this.issuers.create(context, request));
  }

  @MessagePattern(listIssuers)
  async list(
    context: Context,
    query: z.infer<typeof listIssuers.request>,
  ): Promise<Answer<z.infer<typeof listIssuers.reply>>> {
    return { body: await this.issuers.list(context, query) };
  }

  @MessagePattern(getIssuer)
  async get(context: Context, { id }: { id: string }): Promise<Answer<TenantIssuer>> {
    return answer(await this.issuers.get(context, id));
  }

  @AnswersDryRuns()
  @MessagePattern(putIssuer.contract)
  async put(
    context: Context,
    request: z.infer<typeof putIssuer.contract.request>,
  ): Promise<Answer<TenantIssuer | DryRun>> {
    return changed(await this.issuers.put(context, request));
  }

  @AnswersDryRuns()
  @MessagePattern(deleteIssuer)
  async delete(context: Context, { id }: { id: string }): Promise<Answer<TenantIssuer | DryRun>> {
    return changed(await this.issuers.delete(context, id));
  }
}
