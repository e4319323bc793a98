import type { Context, countUses } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { TrailReader } from '../trail/trail-reader.js';
import { instantOf, microsOf } from './instant.js';

type Asked = z.infer<typeof countUses.request>;
type Told = z.infer<typeof countUses.reply>;

interface Row {
  readonly operation: string;
  readonly key_id: string;
  readonly version: number;
  readonly count: string;
  readonly last_at: string;
}

/** Most groups of an answer, the most frequent first. */
const most = 1000;

const text = `
  SELECT operation, key_id, coalesce((details::jsonb->>'version')::integer, 1) AS version, count(*) AS count, max(occurred_at) AS last_at
  FROM sealed_event
  WHERE tenant_id = $1 AND occurred_at >= $2 AND outcome = 'success' AND operation = ANY ($3)
    AND key_id IS NOT NULL AND (details::jsonb ? 'version' OR operation IN ('key.create', 'key.import'))
  GROUP BY 1, 2, 3 ORDER BY count(*) DESC, key_id, version, operation LIMIT ${most + 1}`;

/**
 * Counts what was done with keys, by the sealed events: what is not sealed yet is not counted yet. Events of a new key name no
 * version, since it has only one.
 */
export class CountUses {
  constructor(private readonly reader: TrailReader) {}

  /** @throws AnkaError `service-unavailable` when too many queries run, `deadline-exceeded` when it takes too long */
  async count({ tenantId }: Context, { from, operations }: Asked): Promise<Told> {
    const rows = await this.reader.read('query', tenantId, (manager) =>
      manager.query<Row[]>(text, [tenantId, microsOf(from), operations]),
    );
    return {
      items: rows.slice(0, most).map(({ operation, key_id: keyId, version, count, last_at }) => ({
        ...{ operation, keyId, version },
        count: Number(count),
        lastAt: instantOf(Number(last_at)),
      })),
      complete: rows.length <= most,
    };
  }
}
