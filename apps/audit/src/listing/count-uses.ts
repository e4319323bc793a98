import type { Context, countUses } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { instantOf, microsOf } from '../trail/instant.js';
import { TrailReader } from '../trail/trail-reader.js';
import { countUsesByKey } from './count-uses.sql.js';

/** The maximum number of groups in an answer, the most frequent first. */
const most = 1000;

/** Counts the uses of keys in sealed events. An event that is not sealed yet is not counted. */
@Injectable()
export class CountUses {
  constructor(private readonly reader: TrailReader) {}

  /** @throws AnkaError `service-unavailable` when too many queries run, `deadline-exceeded` when it takes too long */
  async count(
    { tenantId }: Context,
    { from, operations }: z.infer<typeof countUses.request>,
  ): Promise<z.infer<typeof countUses.reply>> {
    const groups = await this.reader.read('query', tenantId, (manager) =>
      countUsesByKey(manager, tenantId, microsOf(from), operations, most + 1),
    );
    return {
      items: groups.slice(0, most).map(({ lastAt, ...group }) => ({ ...group, lastAt: instantOf(lastAt) })),
      complete: groups.length <= most,
    };
  }
}
