import { appendFrom, type Context, countUses, queryEvents, type Reporter } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { sourceOf } from '../reporter/report.js';
import { AppendEvents } from './append-events.js';
import { CountUses } from './count-uses.js';
import { QueryEvents } from './query-events.js';

type Append = z.infer<(typeof appendFrom)[Reporter]['request']>;
type Appended = Answer<z.infer<(typeof appendFrom)[Reporter]['reply']>>;

@Controller()
export class EventController {
  constructor(
    private readonly appender: AppendEvents,
    private readonly reader: QueryEvents,
    private readonly counter: CountUses,
  ) {}

  @MessagePattern(appendFrom.gateway)
  appendFromGateway(context: Context, request: Append): Promise<Appended> {
    return this.append('gateway', context, request);
  }

  @MessagePattern(appendFrom.policy)
  appendFromPolicy(context: Context, request: Append): Promise<Appended> {
    return this.append('policy', context, request);
  }

  @MessagePattern(appendFrom['crypto-worker'])
  appendFromWorker(context: Context, request: Append): Promise<Appended> {
    return this.append('crypto-worker', context, request);
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

  private async append(reporter: Reporter, context: Context, { events }: Append): Promise<Appended> {
    return { body: await this.appender.append(context, sourceOf(reporter, context), events) };
  }
}
