import { type Context, type DryRun, getKek, type Kek, rotateKek } from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import { NeedsToken } from '../group/needs-token.js';
import { ReadKek } from './read-kek.js';
import { RotateKek } from './rotate-kek.js';

/** Serves the state and the rotation of a tenant's KEK. */
@Controller()
export class KekController {
  constructor(
    private readonly reader: ReadKek,
    private readonly rotator: RotateKek,
  ) {}

  @NeedsToken()
  @MessagePattern(getKek)
  async get(context: Context): Promise<Answer<Kek>> {
    return { body: await this.reader.get(context) };
  }

  @NeedsToken()
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @MessagePattern(rotateKek)
  async rotate(context: Context): Promise<Answer<Kek | DryRun>> {
    return { body: await this.rotator.rotate(context) };
  }
}
