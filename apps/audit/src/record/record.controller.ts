import {
  type Context,
  listFinalChanges,
  listRecordHeads,
  listRecordPositions,
  readHighestRevision,
  readRecordHeads,
} from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { ReadHeads } from './read-heads.js';

/** Serves the history of records to the services that own them. */
@Controller()
export class RecordController {
  constructor(private readonly heads: ReadHeads) {}

  @MessagePattern(readRecordHeads)
  async read(
    context: Context,
    request: z.infer<typeof readRecordHeads.request>,
  ): Promise<Answer<z.infer<typeof readRecordHeads.reply>>> {
    return { body: await this.heads.read(context, request) };
  }

  @MessagePattern(listRecordHeads)
  async list(
    context: Context,
    request: z.infer<typeof listRecordHeads.request>,
  ): Promise<Answer<z.infer<typeof listRecordHeads.reply>>> {
    return { body: await this.heads.list(context, request) };
  }

  @MessagePattern(readHighestRevision)
  async highest(
    context: Context,
    request: z.infer<typeof readHighestRevision.request>,
  ): Promise<Answer<z.infer<typeof readHighestRevision.reply>>> {
    return { body: await this.heads.highest(context, request) };
  }

  @MessagePattern(listFinalChanges)
  async finalChanges(
    context: Context,
    request: z.infer<typeof listFinalChanges.request>,
  ): Promise<Answer<z.infer<typeof listFinalChanges.reply>>> {
    return { body: await this.heads.finalChanges(context, request) };
  }

  @MessagePattern(listRecordPositions)
  async positions(
    _: Context,
    request: z.infer<typeof listRecordPositions.request>,
  ): Promise<Answer<z.infer<typeof listRecordPositions.reply>>> {
    return { body: await this.heads.positions(request) };
  }
}
