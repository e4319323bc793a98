import type { ChainRow } from '@ankasecure/audit-event';
import type { Context, queryEvents } from '@ankasecure/contracts';
import { CursorSeal } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import {
  And,
  type EntityManager,
  type FindManyOptions,
  type FindOptionsWhere,
  LessThan,
  MoreThan,
  MoreThanOrEqual,
  type SelectQueryBuilder,
} from 'typeorm';
import type { z } from 'zod';
import { readPage } from '../proof/page-rows.sql.js';
import { ProvePage } from '../proof/prove-page.js';
import { microsOf } from '../trail/instant.js';
import { missingFrom } from '../trail/missing.js';
import { SealedEvent, sealedEventResource } from '../trail/sealed-event.entity.js';
import { TrailHead } from '../trail/trail-head.entity.js';
import { TrailReader } from '../trail/trail-reader.js';
import { KnownEnd } from './known-end.js';

type Query = z.infer<typeof queryEvents.request>;
type Filter = Omit<Query, 'limit' | 'cursor' | 'order'>;

/**
 * Reads a tenant's own trail page by page. The position is the sequence number, so no event is skipped or shown twice. An event is
 * shown as one if the tenant's key vouches for its row, and if the filter selects it: the database chooses rows and tells them, and
 * is not believed. That it leaves rows out is seen where a listing has no filter.
 *
 * Without a worker there is no page: a listing that mostly proves and sometimes does not would be taken for proof when it is none.
 */
@Injectable()
export class QueryEvents {
  constructor(
    private readonly reader: TrailReader,
    private readonly cursors: CursorSeal,
    private readonly ends: KnownEnd,
    private readonly pages: ProvePage,
  ) {}

  /**
   * @throws AnkaError `cursor-invalid`; `service-unavailable` when too many queries run, or no worker computes the MACs,
   * `deadline-exceeded` when a query takes too long; as the worker answered
   */
  async query(context: Context, { limit, cursor, ...filter }: Query): Promise<z.infer<typeof queryEvents.reply>> {
    const { tenantId } = context;
    const scope = { tenantId, listing: 'audit', filter };
    const { order, ...conditions } = filter;
    const position = cursor === undefined ? undefined : Number(this.cursors.open(scope, cursor));
    const where = { tenantId, ...whereOf(conditions), ...(position !== undefined && { seq: beyond[order](position) }) };
    const isWhole = Object.values(conditions).every((value) => value === undefined);
    // Known before the snapshot, so that the trail of the snapshot reaches it.
    const before = this.ends.of(tenantId);
    const { found, page, head } = await this.reader.read('query', tenantId, async (manager) => {
      const seqs = await findSeqs(manager, { where, order: { seq: order }, take: limit + 1 });
      return {
        found: seqs.length,
        page: await readPage(manager, tenantId, [...new Set(seqs.slice(0, limit))], order),
        head: isWhole ? ((await manager.findOneBy(TrailHead, { tenantId }))?.seq ?? 0) : 0,
      };
    });
    const known = await this.ends.standing(tenantId, { rows: page.rows, head: isWhole ? head : undefined }, before);
    const { proven, unproven } = await this.pages.prove(context, page, known);
    const { seqs } = page;
    const isLast = found <= limit;
    const last = seqs.at(-1);
    const missing = { order, seqs, position, isLast, head: Math.max(head, known?.seq ?? 0) };
    return {
      items: proven.filter((row) => isSelected(row, conditions)).map(sealedEventResource),
      unproven: [...unproven],
      ...(isWhole && { missing: [...missingFrom(missing)] }),
      next: isLast || last === undefined ? null : this.cursors.seal(scope, String(last)),
    };
  }
}

const beyond = { asc: MoreThan, desc: LessThan } as const;

/** The statement that finds the rows of a page. */
export const pageOf = (
  manager: EntityManager,
  options: FindManyOptions<SealedEvent>,
): SelectQueryBuilder<SealedEvent> =>
  manager.createQueryBuilder(SealedEvent, 'event').setFindOptions({ ...options, select: { seq: true } });

/** The number of each row. Rows that were planted may have one number. */
const findSeqs = async (manager: EntityManager, options: FindManyOptions<SealedEvent>): Promise<readonly number[]> => {
  const rows = await pageOf(manager, options).getRawMany<{ readonly event_seq: string }>();
  return rows.map(({ event_seq }) => Number(event_seq));
};

const equalFields = [
  'keyId',
  'userId',
  'operation',
  'outcome',
  'correlationId',
] as const satisfies readonly (keyof Filter)[];

/** Whether a filter selects a row, as `whereOf` has the database select it. */
const isSelected = (row: ChainRow, filter: Omit<Filter, 'order'>): boolean => {
  const { from, until, occurredAt } = { ...filter, ...row };
  return (
    equalFields.every((field) => filter[field] === undefined || filter[field] === row[field]) &&
    (from === undefined || occurredAt >= microsOf(from)) &&
    (until === undefined || occurredAt < microsOf(until))
  );
};

/** The conditions of a filter on a tenant's events. `from` is inclusive, `until` is exclusive. */
export const whereOf = ({ from, until, ...equal }: Filter): FindOptionsWhere<SealedEvent> => {
  const bounds = [
    ...(from === undefined ? [] : [MoreThanOrEqual(microsOf(from))]),
    ...(until === undefined ? [] : [LessThan(microsOf(until))]),
  ];
  const given: FindOptionsWhere<Pick<SealedEvent, keyof typeof equal>> = Object.fromEntries(
    Object.entries(equal).filter(([, value]) => value !== undefined),
  );
  return { ...given, ...(bounds.length > 0 && { occurredAt: And(...bounds) }) };
};
