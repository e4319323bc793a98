import { type Context, countUses, queryEvents } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { CountUses } from './count-uses.js';
import { QueryEvents } from './query-events.js';

@Controller()
export class ListingController {
  constructor(
    private readonly reader: QueryEvents,
    private readonly counter: CountUses,
  ) {}

  @MessagePattern(queryEvents)
  async query(
    context: Context,
    request: z.infer<typeof queryEvents.request>,
  ): Promise<Answer<z.infer<typeof queryEvents.reply>>> {
    return { body: await this.reader.query(context, request) };
  }

  @MessagePattern(countUses)
  async count(
    context: Context,
    request: z.infer<typeof countUses.request>,
  ): Promise<Answer<z.infer<typeof countUses.reply>>> {
    return { body: await this.counter.count(context, request) };
  }
}
