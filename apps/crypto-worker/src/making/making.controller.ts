import {
  type Context,
  createKey,
  type DryRun,
  getWrappingKey,
  importKey,
  type Key,
  rotateKey,
  type WrappingKey,
} from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { madeKey } from '../outcome/answer.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { CreateKey } from './create-key.js';
import { ImportKey } from './import-key.js';
import { RotateKey } from './rotate-key.js';

/** Serves the creation, import and rotation of keys. */
@Controller()
export class MakingController {
  constructor(
    private readonly creator: CreateKey,
    private readonly importer: ImportKey,
    private readonly rotator: RotateKey,
    private readonly policies: EnforcedPolicies,
  ) {}

  @NeedsToken()
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @MessagePattern(createKey)
  async create(context: Context, request: z.infer<typeof createKey.request>): Promise<Answer<Key | DryRun>> {
    return madeKey(await this.creator.create(context, request));
  }

  @NeedsToken()
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @MessagePattern(importKey)
  async import(context: Context, request: z.infer<typeof importKey.request>): Promise<Answer<Key | DryRun>> {
    return madeKey(await this.importer.import(context, request));
  }

  @NeedsToken()
  @RequiresOutboxRoom()
  @MessagePattern(getWrappingKey)
  async wrappingKey(context: Context): Promise<Answer<WrappingKey>> {
    // The first call makes the key, which a disabled tenant may not.
    await this.policies.latest(context.tenantId);
    return { body: await this.importer.wrappingKey(context) };
  }

  @NeedsToken()
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @MessagePattern(rotateKey.contract)
  async rotate(context: Context, request: z.infer<typeof rotateKey.contract.request>): Promise<Answer<Key | DryRun>> {
    const { id: _, ...answer } = madeKey(await this.rotator.rotate(context, { ...request, trigger: 'request' }));
    return answer;
  }
}
