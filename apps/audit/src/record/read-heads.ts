import {
  AnkaError,
  type Context,
  finalStates,
  type listFinalChanges,
  type listRecordHeads,
  type listRecordPositions,
  maxHeads,
  type RecordKind,
  type readHighestRevision,
  type readRecordHeads,
  recordChangesOf,
  recordOwners,
  type Service,
  type UnprovenEvent,
} from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { TrailGuard } from '../anchor/trail-guard.js';
import { readPage } from '../proof/page-rows.sql.js';
import { ProvePage } from '../proof/prove-page.js';
import { eventsWithStates, listPositions } from './record-head.sql.js';
import { RecordIndexes } from './record-indexes.js';

/** Reads what the sealed events say about records. Trails that are older than the anchor in the HSM say nothing. Heads come from an index with a genuine MAC. */
@Injectable()
export class ReadHeads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly guard: TrailGuard,
    private readonly indexes: RecordIndexes,
    private readonly pages: ProvePage,
  ) {}

  /** Leaves out records that the trail does not know. */
  async read(
    context: Context,
    { records, newest }: z.infer<typeof readRecordHeads.request>,
  ): Promise<z.infer<typeof readRecordHeads.reply>> {
    const known = await this.indexes.heads(context);
    return {
      heads: [
        ...records.flatMap((record) => known.get(record) ?? []),
        ...newest.flatMap((group) => known.newest(group) ?? []),
      ],
    };
  }

  async list(
    context: Context,
    { owner, kind, after }: z.infer<typeof listRecordHeads.request>,
  ): Promise<z.infer<typeof listRecordHeads.reply>> {
    const known = await this.indexes.heads(context);
    const heads = known.list(kindsOf(owner, kind), after, maxHeads + 1);
    return { heads: heads.slice(0, maxHeads), complete: heads.length <= maxHeads };
  }

  async highest(
    context: Context,
    { owner }: z.infer<typeof readHighestRevision.request>,
  ): Promise<z.infer<typeof readHighestRevision.reply>> {
    const known = await this.indexes.heads(context);
    return { revision: known.highestRevisionOf(kindsOf(owner, undefined)) };
  }

  /**
   * The changes to final states, and to those that may follow one, that any sealed event names. A restore destroys what they tell,
   * so each event is proved.
   * @throws AnkaError `service-unavailable` if one is not genuine; the errors of `MacSource`
   */
  async finalChanges(
    context: Context,
    { after }: z.infer<typeof listFinalChanges.request>,
  ): Promise<z.infer<typeof listFinalChanges.reply>> {
    const { tenantId } = context;
    await this.indexes.heads(context);
    const read = async (manager: EntityManager) => {
      const found = await eventsWithStates(manager, tenantId, namesOfStates, after, eventsAtOnce);
      return { found, page: await readPage(manager, tenantId, [...new Set(found)], 'asc') };
    };
    const { found, page } = await withTenant(this.dataSource, tenantId, read, 'REPEATABLE READ');
    const { proven, unproven } = await this.pages.prove(context, page, undefined);
    const [first] = unproven;
    if (first !== undefined) throw notGenuine(first);
    const changes = proven.flatMap(({ seq, details }) =>
      (recordChangesOf(JSON.parse(details) as Record<string, string>) ?? [])
        .filter(({ kind, state }) => statesOf(finalStates[kind]).includes(state ?? ''))
        .map(({ state = null, ...change }) => ({ ...change, state, seq })),
    );
    const last = page.seqs.at(-1);
    return { changes, next: found.length < eventsAtOnce && last === found.at(-1) ? null : (last ?? null) };
  }

  async positions({
    owner,
    partition,
    after,
  }: z.infer<typeof listRecordPositions.request>): Promise<z.infer<typeof listRecordPositions.reply>> {
    await this.guard.assertSound();
    const items = await listPositions(this.dataSource.manager, owner, partition, after, maxHeads + 1);
    return { items: items.slice(0, maxHeads), complete: items.length <= maxHeads };
  }
}

const notGenuine = ({ seq, reason }: UnprovenEvent): AnkaError =>
  new AnkaError(
    'service-unavailable',
    `Event ${seq} of the tenant’s trail in ankadb_audit is not genuine (${reason}). deploy/backup.md says how to go on.`,
  );

/** Events of one page of final changes. */
const eventsAtOnce = 50;

/** The final states of a kind of records, and those that may follow them. */
const statesOf = (final: (typeof finalStates)[RecordKind] = {}): readonly string[] => [
  ...new Set([...Object.keys(final), ...Object.values(final).flat()]),
];
const namesOfStates = Object.values(finalStates).flatMap(statesOf);

/** The kinds that the service owns, or `only` that one of them. */
const kindsOf = (owner: Service, only: RecordKind | undefined): ReadonlySet<RecordKind> =>
  new Set(
    (Object.keys(recordOwners) as RecordKind[]).filter(
      (kind) => recordOwners[kind] === owner && (only === undefined || kind === only),
    ),
  );
