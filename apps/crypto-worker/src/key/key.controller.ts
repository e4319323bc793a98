import {
  type Context,
  getKey,
  getKeySet,
  getKeyUsage,
  getKeyVersion,
  getPublicKey,
  type Key,
  type KeyUsage,
  type KeyVersionResource,
  listKeys,
  listKeyVersions,
} from '@ankasecure/contracts';
import { type Answer, MessagePattern, RecordsDenial } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { variantOf } from './key-resource.js';
import { ReadKeySet } from './key-set.js';
import { ReadUsage } from './key-usage.js';
import { ReadKey } from './read-key.js';

interface ById {
  readonly id: string;
}

const keyOf = ({ id }: ById) => ({ keyId: id });

/** Serves the records of keys. */
@Controller()
export class KeyController {
  constructor(
    private readonly reader: ReadKey,
    private readonly usages: ReadUsage,
    private readonly sets: ReadKeySet,
  ) {}

  @RecordsDenial('key.get', keyOf)
  @NeedsToken()
  @MessagePattern(getKey)
  async get(context: Context, request: z.infer<typeof getKey.request>): Promise<Answer<Key>> {
    const body = await this.reader.get(context, request);
    return { body, revision: body.revision, variant: variantOf(body) };
  }

  @NeedsToken()
  @MessagePattern(listKeys)
  async list(
    context: Context,
    request: z.infer<typeof listKeys.request>,
  ): Promise<Answer<z.infer<typeof listKeys.reply>>> {
    return { body: await this.reader.list(context, request) };
  }

  @RecordsDenial('key.versions.list', keyOf)
  @NeedsToken()
  @MessagePattern(listKeyVersions)
  async versions(
    context: Context,
    request: z.infer<typeof listKeyVersions.request>,
  ): Promise<Answer<z.infer<typeof listKeyVersions.reply>>> {
    return { body: await this.reader.versions(context, request) };
  }

  @RecordsDenial('key.version.get', keyOf)
  @NeedsToken()
  @MessagePattern(getKeyVersion)
  async version(context: Context, request: z.infer<typeof getKeyVersion.request>): Promise<Answer<KeyVersionResource>> {
    return { body: await this.reader.version(context, request) };
  }

  @RecordsDenial('key.public-key.get', keyOf)
  @NeedsToken()
  @MessagePattern(getPublicKey)
  async publicKey(
    context: Context,
    request: z.infer<typeof getPublicKey.request>,
  ): Promise<Answer<z.infer<typeof getPublicKey.reply>>> {
    return { body: await this.reader.publicKey(context, request) };
  }

  @RecordsDenial('key.usage.get', keyOf)
  @NeedsToken()
  @MessagePattern(getKeyUsage)
  async usage(context: Context, request: z.infer<typeof getKeyUsage.request>): Promise<Answer<KeyUsage>> {
    return { body: await this.usages.of(context, request) };
  }

  @NeedsToken()
  @MessagePattern(getKeySet)
  async keySet(
    context: Context,
    request: z.infer<typeof getKeySet.request>,
  ): Promise<Answer<z.infer<typeof getKeySet.reply>>> {
    return { body: await this.sets.of(context, request) };
  }
}
