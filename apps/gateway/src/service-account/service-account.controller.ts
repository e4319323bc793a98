import type { Context, DryRun } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, isDryRun, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import {
  createServiceAccount,
  deleteServiceAccount,
  getServiceAccount,
  listServiceAccounts,
  putServiceAccount,
  type ServiceAccount,
} from './service-account.contract.js';
import { ServiceAccounts } from './service-accounts.js';

@Controller()
export class ServiceAccountController {
  constructor(private readonly accounts: ServiceAccounts) {}

  @AnswersDryRuns()
  @MessagePattern(createServiceAccount)
  async create(
    context: Context,
    request: z.infer<typeof createServiceAccount.request>,
  ): Promise<Answer<ServiceAccount | DryRun>> {
    const body = await this.accounts.create(context, request);
    return isDryRun(body) ? { body } : { body, id: body.id, revision: body.revision };
  }

  @MessagePattern(listServiceAccounts)
  async list(
    context: Context,
    query: z.infer<typeof listServiceAccounts.request>,
  ): Promise<Answer<z.infer<typeof listServiceAccounts.reply>>> {
    return { body: await this.accounts.list(context, query) };
  }

  @MessagePattern(getServiceAccount)
  async get(context: Context, { id }: { id: string }): Promise<Answer<ServiceAccount>> {
    const body = await this.accounts.get(context, id);
    return { body, revision: body.revision };
  }

  @AnswersDryRuns()
  @MessagePattern(putServiceAccount.contract)
  async put(
    context: Context,
    request: z.infer<typeof putServiceAccount.contract.request>,
  ): Promise<Answer<ServiceAccount | DryRun>> {
    const body = await this.accounts.put(context, request);
    return isDryRun(body) ? { body } : { body, revision: body.revision };
  }

  @AnswersDryRuns()
  @MessagePattern(deleteServiceAccount)
  async delete(context: Context, { id }: { id: string }): Promise<Answer<ServiceAccount | DryRun>> {
    const body = await this.accounts.delete(context, id);
    return isDryRun(body) ? { body } : { body, revision: body.revision };
  }
}
