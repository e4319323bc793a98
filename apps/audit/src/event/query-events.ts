import type { Context, queryEvents, SealedEvent } from '@ankasecure/contracts';
import type { CursorSeal } from '@ankasecure/service-kit';
import type { z } from 'zod';
import type { TrailReader } from '../trail/trail-reader.js';
import { microsOf } from './instant.js';
import { type SealedRow, sealedEventOf } from './sealed-row.js';

type Query = z.infer<typeof queryEvents.request>;
type Filter = Omit<Query, 'limit' | 'cursor'>;

/** Each filter's condition on its placeholder, and what is bound to it. */
const conditions: {
  readonly [Name in Exclude<keyof Filter, 'order'>]-?: { sql: string; bind?: (value: string) => unknown };
} = {
  keyId: { sql: 'key_id =' },
  userId: { sql: 'user_id =' },
  operation: { sql: 'operation =' },
  outcome: { sql: 'outcome =' },
  correlationId: { sql: 'correlation_id =' },
  from: { sql: 'occurred_at >=', bind: microsOf },
  until: { sql: 'occurred_at <', bind: microsOf },
};

const after = { asc: 'seq >', desc: 'seq <' } as const;

/** Reads a tenant's own trail, page by page: the sequence number is the position, so no event is passed over or shown twice. */
export class QueryEvents {
  constructor(
    private readonly reader: TrailReader,
    private readonly cursors: CursorSeal,
  ) {}

  /** @throws AnkaError `cursor-invalid`; `service-unavailable` when too many queries run, `deadline-exceeded` when one takes too long */
  async query(
    { tenantId }: Context,
    { limit, cursor, ...filter }: Query,
  ): Promise<{ items: SealedEvent[]; next: string | null }> {
    const scope = { tenantId, listing: 'audit', filter };
    const values: unknown[] = [tenantId];
    const where = ['tenant_id = $1'];
    const add = (sql: string, value: unknown): void => void where.push(`${sql} $${values.push(value)}`);
    if (cursor !== undefined) add(after[filter.order], this.cursors.open(scope, cursor));
    for (const [name, { sql, bind }] of Object.entries(conditions)) {
      const value = filter[name as keyof typeof conditions];
      if (value !== undefined) add(sql, bind === undefined ? value : bind(value));
    }
    const text = `SELECT * FROM sealed_event WHERE ${where.join(' AND ')} ORDER BY seq ${filter.order} LIMIT ${limit + 1}`;
    const rows = await this.reader.read('query', tenantId, (manager) => manager.query<SealedRow[]>(text, values));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(sealedEventOf),
      next: last === undefined ? null : this.cursors.seal(scope, last.seq),
    };
  }
}
