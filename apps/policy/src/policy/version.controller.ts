import { type Context, diffPolicyVersions, getPolicyVersion, listPolicyVersions } from '@ankasecure/contracts';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { ReadVersion } from './read-version.js';

@Controller()
export class VersionController {
  constructor(private readonly versions: ReadVersion) {}

  @MessagePattern(listPolicyVersions)
  async list(
    context: Context,
    request: z.infer<typeof listPolicyVersions.request>,
  ): Promise<Answer<z.infer<typeof listPolicyVersions.reply>>> {
    return { body: await this.versions.list(context, request) };
  }

  @MessagePattern(getPolicyVersion)
  async get(
    context: Context,
    request: z.infer<typeof getPolicyVersion.request>,
  ): Promise<Answer<z.infer<typeof getPolicyVersion.reply>>> {
    return { body: await this.versions.get(context, request) };
  }

  @MessagePattern(diffPolicyVersions)
  async diff(
    context: Context,
    request: z.infer<typeof diffPolicyVersions.request>,
  ): Promise<Answer<z.infer<typeof diffPolicyVersions.reply>>> {
    return { body: await this.versions.diff(context, request) };
  }
}
