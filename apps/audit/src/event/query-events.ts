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
import { microsOf } from '../trail/instant.js';
import { missingFrom } from '../trail/missing.js';
import { SealedEvent, sealedEventResource } from '../trail/sealed-event.entity.js';
import { TrailHead } from '../trail/trail-head.entity.js';
import { TrailReader } from '../trail/trail-reader.js';

type Query = z.infer<typeof queryEvents.request>;
type Filter = Omit<Query, 'limit' | 'cursor' | 'order'>;

/** Reads a tenant's own trail page by page. The position is the sequence number, so no event is skipped or shown twice. */
@Injectable()
export class QueryEvents {
  constructor(
    private readonly reader: TrailReader,
    private readonly cursors: CursorSeal,
  ) {}

  /** @throws AnkaError `cursor-invalid`; `service-unavailable` when too many queries run, `deadline-exceeded` when one takes too long */
  async query({ tenantId }: Context, { limit, cursor, ...filter }: Query): Promise<z.infer<typeof queryEvents.reply>> {
    const scope = { tenantId, listing: 'audit', filter };
    const { order, ...conditions } = filter;
    const position = cursor === undefined ? undefined : Number(this.cursors.open(scope, cursor));
    const beyond = order === 'asc' ? MoreThan : LessThan;
    const where = {
      tenantId,
      ...whereOf(conditions),
      ...(position !== undefined && { seq: beyond(position) }),
    };
    const isWhole = Object.values(conditions).every((value) => value === undefined);
    const { events, head } = await this.reader.read('query', tenantId, async (manager) => ({
      events: await findRows(manager, { where, order: { seq: order }, take: limit + 1 }),
      head: isWhole ? ((await manager.findOneBy(TrailHead, { tenantId }))?.seq ?? 0) : 0,
    }));
    const last = events.length > limit ? events[limit - 1] : undefined;
    const shown = events.slice(0, limit);
    const page = { order, seqs: shown.map(({ seq }) => seq), position, isLast: last === undefined, head };
    return {
      items: shown.map(sealedEventResource),
      ...(isWhole && { missing: [...missingFrom(page)] }),
      next: last === undefined ? null : this.cursors.seal(scope, String(last.seq)),
    };
  }
}

/** The statement that reads a page. */
export const pageOf = (
  manager: EntityManager,
  options: FindManyOptions<SealedEvent>,
): SelectQueryBuilder<SealedEvent> => manager.createQueryBuilder(SealedEvent, 'event').setFindOptions(options);

/**
 * Reads one event per row. `find` would merge rows whose keys are equal to the millisecond: it would hide a forged row, and
 * take a full page for the last one.
 */
const findRows = async (manager: EntityManager, options: FindManyOptions<SealedEvent>): Promise<SealedEvent[]> => {
  const { dataSource } = manager;
  const { columns } = dataSource.getMetadata(SealedEvent);
  const rows = await pageOf(manager, options).getRawMany<Record<string, unknown>>();
  const valuesOf = (row: Record<string, unknown>): [string, unknown][] =>
    columns.map((column) => [
      column.propertyName,
      dataSource.driver.prepareHydratedValue(row[`event_${column.databaseName}`], column),
    ]);
  return rows.map((row) => Object.assign(new SealedEvent(), Object.fromEntries(valuesOf(row))));
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
