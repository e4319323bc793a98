import {
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  type Context,
  countUses,
  partitionIn,
  queryEvents,
} from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import type { Source } from '../reporter/report.js';
import { AppendEvents } from './append-events.js';
import { CountUses } from './count-uses.js';
import { QueryEvents } from './query-events.js';

type Append = z.infer<typeof appendFromWorker.request>;
type Appended = Answer<z.infer<typeof appendFromWorker.reply>>;

@Controller()
export class EventController {
  constructor(
    private readonly appender: AppendEvents,
    private readonly reader: QueryEvents,
    private readonly counter: CountUses,
  ) {}

  @MessagePattern(appendFromGateway)
  appendFromGateway(context: Context, request: Append): Promise<Appended> {
    return this.append({ reporter: 'gateway', partition: undefined }, context, request);
  }

  @MessagePattern(appendFromPolicy)
  appendFromPolicy(context: Context, request: Append): Promise<Appended> {
    return this.append({ reporter: 'policy', partition: undefined }, context, request);
  }

  @MessagePattern(appendFromWorker)
  appendFromWorker(context: Context, request: Append): Promise<Appended> {
    // The bus lets only this partition's workers publish the subject.
    const partition = context.served && partitionIn(appendFromWorker, context.served.name);
    return this.append({ reporter: 'crypto-worker', partition: partition ?? '' }, context, request);
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

  private async append(source: Source, context: Context, { events }: Append): Promise<Appended> {
    return { body: await this.appender.append(context, source, events) };
  }
}
