import type { Context, DryRun } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { type Approval, getApproval, listApprovals, withdrawRequest } from './approval.contract.js';
import { Approvals } from './approvals.js';

/** Serves requests for approval. A decision needs more than a context: see `routes/second-person.ts`. */
@Controller()
export class ApprovalController {
  constructor(private readonly approvals: Approvals) {}

  @MessagePattern(listApprovals)
  async list(
    context: Context,
    query: z.infer<typeof listApprovals.request>,
  ): Promise<Answer<z.infer<typeof listApprovals.reply>>> {
    return { body: await this.approvals.list(context, query) };
  }

  @MessagePattern(getApproval)
  async get(context: Context, { id }: { id: string }): Promise<Answer<Approval>> {
    return { body: await this.approvals.get(context, id) };
  }

  @AnswersDryRuns()
  @MessagePattern(withdrawRequest)
  async withdraw(context: Context, { id }: { id: string }): Promise<Answer<Approval | DryRun>> {
    return { body: await this.approvals.withdraw(context, id) };
  }
}
