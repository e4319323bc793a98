import {
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  type Context,
  findUnsealed,
  partitionIn,
} from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import type { Source } from '../reporter/report.js';
import { FindUnsealed } from './find-unsealed.js';
import { ReceiveEvents } from './receive-events.js';

type Append = z.infer<typeof appendFromWorker.request>;
type Appended = Answer<z.infer<typeof appendFromWorker.reply>>;

@Controller()
export class ReportController {
  constructor(
    private readonly receiver: ReceiveEvents,
    private readonly finder: FindUnsealed,
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

  @MessagePattern(findUnsealed)
  async findUnsealed(
    context: Context,
    { events }: z.infer<typeof findUnsealed.request>,
  ): Promise<Answer<z.infer<typeof findUnsealed.reply>>> {
    const { unsealed, unknown } = await this.finder.find(context, events);
    // A process of the release before takes no other member.
    return { body: { unsealed, ...(unknown.length > 0 && { unknown }) } };
  }

  private async append(source: Source, context: Context, { events }: Append): Promise<Appended> {
    return { body: { ...(await this.receiver.receive(context, source, events)), takesMacs: true } };
  }
}
