import {
  type Context,
  getCheckpointKeys,
  getLatestCheckpoint,
  getTile,
  listCheckpoints,
  proveConsistency,
  proveInclusion,
} from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { ReadTree } from './read-tree.js';

@Controller()
export class CheckpointController {
  constructor(private readonly tree: ReadTree) {}

  @MessagePattern(listCheckpoints)
  async list(
    context: Context,
    request: z.infer<typeof listCheckpoints.request>,
  ): Promise<Answer<z.infer<typeof listCheckpoints.reply>>> {
    return { body: await this.tree.list(context, request) };
  }

  @MessagePattern(getLatestCheckpoint)
  async latest(context: Context): Promise<Answer<z.infer<typeof getLatestCheckpoint.reply>>> {
    return { body: await this.tree.latest(context) };
  }

  @MessagePattern(getCheckpointKeys)
  async keys(context: Context): Promise<Answer<z.infer<typeof getCheckpointKeys.reply>>> {
    return { body: await this.tree.keys(context) };
  }

  @MessagePattern(proveInclusion)
  async proveInclusion(
    context: Context,
    request: z.infer<typeof proveInclusion.request>,
  ): Promise<Answer<z.infer<typeof proveInclusion.reply>>> {
    return { body: await this.tree.proveInclusion(context, request) };
  }

  @MessagePattern(proveConsistency)
  async proveConsistency(
    context: Context,
    request: z.infer<typeof proveConsistency.request>,
  ): Promise<Answer<z.infer<typeof proveConsistency.reply>>> {
    return { body: await this.tree.proveConsistency(context, request) };
  }

  @MessagePattern(getTile)
  async tile(
    context: Context,
    request: z.infer<typeof getTile.request>,
  ): Promise<Answer<z.infer<typeof getTile.reply>>> {
    return { body: await this.tree.tile(context, request) };
  }
}
