import { type Context, readAnchor, writeAnchor } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { TrailAnchors } from './trail-anchor.js';

/** Serves the anchor in the token to the audit service. */
@Controller()
export class AnchorController {
  constructor(private readonly anchors: TrailAnchors) {}

  @NeedsToken()
  @MessagePattern(readAnchor)
  async read(context: Context): Promise<Answer<z.infer<typeof readAnchor.reply>>> {
    return { body: await this.anchors.read(context) };
  }

  @NeedsToken()
  @MessagePattern(writeAnchor)
  async write(
    context: Context,
    request: z.infer<typeof writeAnchor.request>,
  ): Promise<Answer<z.infer<typeof writeAnchor.reply>>> {
    return { body: await this.anchors.write(context, request) };
  }
}
