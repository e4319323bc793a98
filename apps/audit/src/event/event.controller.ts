import { acceptTrails, appendEvents, type Context, countUses, queryEvents } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { AcceptTrails } from './accept-trails.js';
import { AppendEvents } from './append-events.js';
import { CountUses } from './count-uses.js';
import { QueryEvents } from './query-events.js';

@Controller()
export class EventController {
  constructor(
    private readonly appender: AppendEvents,
    private readonly reader: QueryEvents,
    private readonly counter: CountUses,
    private readonly accepter: AcceptTrails,
  ) {}

  @MessagePattern(appendEvents)
  async append(
    context: Context,
    { events }: z.infer<typeof appendEvents.request>,
  ): Promise<Answer<z.infer<typeof appendEvents.reply>>> {
    return { body: await this.appender.append(context, events) };
  }

  @MessagePattern(acceptTrails)
  async acceptTrails(context: Context): Promise<Answer<z.infer<typeof acceptTrails.reply>>> {
    return { body: await this.accepter.accept(context) };
  }

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
