import { AnkaError, monotonicNow, type RecordChange, type RecordKind, tried } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntityManager,
  type EntityMetadata,
  type EntityTarget,
  type FindOptionsOrder,
  type FindOptionsWhere,
  type ObjectLiteral,
} from 'typeorm';
import { withTenant } from '../database/tenant.js';
import { BoundedMap } from '../memory/bounded-map.js';
import { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import { allHeads } from './all-heads.js';
import { assertAbsent } from './assert-held.js';
import { patienceMs, unknownAdvice } from './claim-questions.js';
import { RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';
import { freshMs } from './remembered-claims.js';
import { trailNameOf } from './tracked-record.js';

/** The records of one kind that the trail says a tenant has. */
interface Known {
  readonly ids: readonly string[];
  /** What the trail tells of each record in the clear, by id. */
  readonly told: ReadonlyMap<string, string>;
  /** When the trail was asked. */
  readonly at: number;
}

/** How a set is loaded. */
export interface SetOptions<Row> {
  readonly order?: FindOptionsOrder<Row>;
  /**
   * Called with a record that is missing while the trail cannot say whether it was deleted. Returns whether the caller goes on
   * all the same. If absent, it does not.
   */
  readonly doubted?: ((id: string, told?: string) => boolean) | undefined;
  /**
   * Called with a record that is missing although the trail holds it, after the alarm. Returns whether the caller goes on, by what the
   * trail tells of the record. If absent, it does not.
   */
  readonly missing?: ((id: string, told?: string) => boolean) | undefined;
  /** Longest that the trail is waited for if it has never answered about the tenant's records, in milliseconds. */
  readonly trailMs?: number;
}

/** The most sets that are remembered. */
const capacity = 20_000;

/**
 * Loads all of a tenant's records of one table, and sees that none is missing: every record that the trail holds is there. The
 * trail is asked once a minute at most. If it does not answer, what it last said counts for `longestSilence`.
 */
@Injectable()
export class RecordSets {
  private readonly known = new BoundedMap<string, Known>(capacity);

  constructor(
    private readonly owner: RecordOwner,
    private readonly bus: BusClient,
    private readonly dataSource: DataSource,
    private readonly history: RecordHistory,
  ) {
    history.compareSets = (tenantIds) => this.compareAgain(tenantIds);
  }

  /**
   * @param entity a table whose primary key is the tenant and one more column
   * @throws AnkaError `record-outdated` if a record is missing or aged, or the database is behind with the tenant;
   * `audit-unavailable` if the trail has not answered about the tenant's records for as long as that, and does not answer now
   */
  async load<Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    tenantId: string,
    { trailMs = patienceMs.unknown, ...options }: SetOptions<Row> = {},
  ): Promise<Row[]> {
    // The trail is asked first: what it names then is in the database by now, unless it was deleted.
    const listed = await this.expected(tenantId, this.kindOf(entity, tenantId), trailMs);
    const read = (manager: EntityManager) => this.whole(manager, entity, tenantId, { ...options, listed });
    return withTenant(this.dataSource, tenantId, read);
  }

  /**
   * Loads the set where a record that is missing would permit something, such as a name that another one has. The trail is asked
   * now: what was heard a moment ago does not have what another process has made since.
   * @param manager the caller's transaction, which is the tenant's, and holds a lock that keeps others from making such records
   * @throws AnkaError as `load`; `audit-unavailable` whenever the trail does not answer now
   */
  async loadDeciding<Row extends ObjectLiteral>(
    manager: EntityManager,
    entity: EntityTarget<Row>,
    tenantId: string,
    { trailMs = patienceMs.unknown, ...options }: SetOptions<Row> = {},
  ): Promise<Row[]> {
    const kind = this.kindOf(entity, tenantId);
    const listed = this.history.isOff
      ? []
      : await this.ask(tenantId, kind, trailMs).catch((error: unknown) => this.withoutAnswer(undefined, error));
    return this.whole(manager, entity, tenantId, { ...options, listed });
  }

  /** @throws AnkaError `record-outdated` if the database is behind with the tenant */
  private kindOf<Row extends ObjectLiteral>(entity: EntityTarget<Row>, tenantId: string): RecordKind {
    this.history.assertNotBehind(tenantId);
    return this.dataSource.getMetadata(entity).tableName as RecordKind;
  }

  /** The rows, once each record that the trail lists, and that this process has made, is one of them. */
  private async whole<Row extends ObjectLiteral>(
    manager: EntityManager,
    entity: EntityTarget<Row>,
    tenantId: string,
    { listed, order = {}, doubted, missing }: SetOptions<Row> & { readonly listed: readonly string[] },
  ): Promise<Row[]> {
    const metadata = this.dataSource.getMetadata(entity);
    const kind = metadata.tableName as RecordKind;
    const told = this.toldBefore(tenantId, kind);
    const expected = this.history.isOff
      ? []
      : [...new Set([...listed, ...this.ownMade(tenantId, kind).map(({ id }) => id)])];
    const rows = await manager.find(entity, { where: ofTenant<Row>(tenantId), order });
    const held = new Set(rows.map((row) => trailNameOf(row, metadata).id));
    for (const id of expected.filter((one) => !held.has(one))) {
      const { error } = await tried(async () => assertAbsent(manager, entity, keyOf<Row>(metadata, tenantId, id)));
      if (error === undefined) continue;
      const goesOn = error.retryable ? doubted : missing;
      if (goesOn?.(id, told.get(id)) !== true) throw error;
    }
    return rows;
  }

  /** Whether the database has a record. The trail is not asked. */
  isAny<Row extends ObjectLiteral>(entity: EntityTarget<Row>, tenantId: string): Promise<boolean> {
    return withTenant(this.dataSource, tenantId, (manager) => manager.existsBy(entity, ofTenant<Row>(tenantId)));
  }

  /** Loads the records as the database has them: their seals are checked, their place in the history is not. */
  loadUncompared<Row extends ObjectLiteral>(entity: EntityTarget<Row>, tenantId: string): Promise<Row[]> {
    return this.history.without(() =>
      withTenant(this.dataSource, tenantId, (manager) => manager.findBy(entity, ofTenant<Row>(tenantId))),
    );
  }

  /**
   * What the trail tells of a tenant's records of one kind in the clear, by id, as far as this process knows it: by what the trail
   * was last asked, and by what this process has committed since.
   */
  toldBefore(tenantId: string, kind: RecordKind): ReadonlyMap<string, string> {
    const told = new Map(this.known.get(`${tenantId}/${kind}`)?.told);
    for (const { id, digest, state } of this.history.memory.ownChanges(tenantId, kind))
      if (digest === null) told.delete(id);
      else if (state !== undefined) told.set(id, state);
    return told;
  }

  /**
   * The ids of a tenant's records of one kind, as the trail was last heard to hold them: undefined if it was not heard for as long as
   * its answers count, and does not answer now. Whether the database is behind with the tenant does not matter.
   */
  async listed(tenantId: string, kind: RecordKind, waitMs: number): Promise<readonly string[] | undefined> {
    const asked = await tried(() => this.expected(tenantId, kind, waitMs));
    return asked.error === undefined ? asked.result : undefined;
  }

  /** The records that this process has made or changed, and of which the trail has not told yet. */
  private ownMade(tenantId: string, kind: RecordKind): readonly RecordChange[] {
    return this.history.memory.ownChanges(tenantId, kind).filter(({ digest }) => digest !== null);
  }

  /**
   * Asks the trail again for the known sets of some tenants, or of all, and waits as long as where nothing is known: how fast it
   * answers is the choice of whoever owns its database.
   */
  private async compareAgain(
    tenantIds?: ReadonlySet<string>,
  ): Promise<{ missed: ReadonlySet<string>; error: Error | undefined }> {
    const missed = new Set<string>();
    let error: Error | undefined;
    let leftMs = patienceMs.unknown;
    for (const name of [...this.known.keys()]) {
      const [tenantId = '', kind] = name.split('/');
      if (tenantIds?.has(tenantId) === false) continue;
      const startedAt = monotonicNow();
      const asked =
        leftMs <= 0 ? undefined : await tried(() => this.ask(tenantId, kind as RecordKind, patienceMs.unknown));
      if (asked !== undefined && asked.error === undefined) continue;
      missed.add(tenantId);
      error ??= asked?.error;
      leftMs -= monotonicNow() - startedAt;
    }
    return { missed, error };
  }

  private async ask(tenantId: string, kind: RecordKind, waitMs: number): Promise<readonly string[]> {
    const at = monotonicNow();
    const heads = await allHeads(this.bus, ownContext(this.owner.service, waitMs, tenantId), this.owner.service, kind);
    const held = heads.filter(({ digest }) => digest !== null);
    const ids = held.map(({ id }) => id);
    const told = new Map(held.flatMap(({ id, state }) => (state === null ? [] : [[id, state] as const])));
    this.history.memory.listed(tenantId, kind, heads);
    this.known.set(`${tenantId}/${kind}`, { ids, told, at });
    return ids;
  }

  /** The ids of the records that the trail holds. */
  private async expected(tenantId: string, kind: RecordKind, trailMs: number): Promise<readonly string[]> {
    if (this.history.isOff) return [];
    const name = `${tenantId}/${kind}`;
    const remembered = this.known.use(name);
    const known = remembered !== undefined && this.counts(remembered) ? remembered : undefined;
    if (known !== undefined && this.isFresh(tenantId, known)) return known.ids;
    try {
      return await this.ask(tenantId, kind, known === undefined ? trailMs : patienceMs.known);
    } catch (error) {
      return this.withoutAnswer(known, error);
    }
  }

  private counts({ at }: Known): boolean {
    return monotonicNow() - at <= this.owner.longestSilenceMs;
  }

  private isFresh(tenantId: string, { at }: Known): boolean {
    if (this.history.isAway) return true;
    return monotonicNow() - at < freshMs && this.history.lastMove(tenantId) < at;
  }

  private withoutAnswer(known: Known | undefined, cause: unknown): readonly string[] {
    if (!(cause instanceof AnkaError) || !cause.retryable) throw cause;
    this.history.notAnswered();
    if (known !== undefined) return known.ids;
    const detail = `The records of the tenant cannot be compared with the audit trail now (${cause.code}), and this service has not compared them for too long, or never. Try again. ${unknownAdvice}`;
    throw new AnkaError('audit-unavailable', detail, { cause });
  }
}

const ofTenant = <Row extends ObjectLiteral>(tenantId: string): FindOptionsWhere<Row> =>
  ({ tenantId }) as unknown as FindOptionsWhere<Row>;

const keyOf = <Row extends ObjectLiteral>(
  { primaryColumns }: EntityMetadata,
  tenantId: string,
  id: string,
): FindOptionsWhere<Row> =>
  Object.fromEntries(
    primaryColumns.map(({ propertyName }) => [propertyName, propertyName === 'tenantId' ? tenantId : id]),
  ) as FindOptionsWhere<Row>;
