import type { Context, DryRun } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, isDryRun, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import {
  createExclusion,
  deleteExclusion,
  type Exclusion,
  getExclusion,
  listExclusions,
} from './exclusion.contract.js';
import { Exclusions } from './exclusions.js';

@Controller()
export class ExclusionController {
  constructor(private readonly exclusions: Exclusions) {}

  @AnswersDryRuns()
  @MessagePattern(createExclusion)
  async create(
    context: Context,
    request: z.infer<typeof createExclusion.request>,
  ): Promise<Answer<Exclusion | DryRun>> {
    const body = await this.exclusions.create(context, request);
    return isDryRun(body) ? { body } : { body, id: body.id };
  }

  @MessagePattern(listExclusions)
  async list(
    context: Context,
    query: z.infer<typeof listExclusions.request>,
  ): Promise<Answer<z.infer<typeof listExclusions.reply>>> {
    return { body: await this.exclusions.list(context, query) };
  }

  @MessagePattern(getExclusion)
  async get(context: Context, { id }: { id: string }): Promise<Answer<Exclusion>> {
    return { body: await this.exclusions.get(context, id) };
  }

  @AnswersDryRuns()
  @MessagePattern(deleteExclusion)
  async delete(context: Context, { id }: { id: string }): Promise<Answer<Exclusion | DryRun>> {
    return { body: await this.exclusions.delete(context, id) };
  }
}
