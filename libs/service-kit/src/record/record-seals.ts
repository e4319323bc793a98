import type { AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntityManager,
  type EntityMetadata,
  type InsertEvent,
  type LoadEvent,
  type UpdateEvent,
} from 'typeorm';
import { clockOf } from '../clock/clock-of.js';
import type { RowRefusal } from '../database/comparing-data-source.js';
import { noteChanges } from '../database/noted-changes.js';
import { tenantWithin } from '../database/tenant.js';
import { BoundedMap } from '../memory/bounded-map.js';
import { type DigestedRecord, RecordAuthority, RecordOwner } from './record-authority.js';
import type { LoadedRecord } from './record-claim.js';
import { RecordHistory } from './record-history.js';
import { type NamedDigest, recordOf } from './record-of.js';
import { RecordRejections, type RejectionReason } from './record-rejections.js';
import { latestRevision } from './record-revisions.js';
import { completeRow } from './record-row.js';
import { RecordAhead, type RecordState } from './record-standing.js';
import { decidingOf, type Sealed } from './sealed-record.js';
import { changeOf, isTracked, loadedRecord, trailNameOf } from './tracked-record.js';

interface Check {
  readonly record: NamedDigest;
  readonly seal: Buffer;
  readonly settle: (genuine: boolean) => void;
  readonly fail: (error: unknown) => void;
}

type Sealing = (records: readonly NamedDigest[]) => Promise<readonly Buffer[]>;

/**
 * The seals that are known to be genuine. A pair of digest and seal stays genuine for good, so a record that is loaded again
 * costs the token nothing.
 */
const capacity = 50_000;

const isSealable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && decidingOf(value.constructor) !== undefined;

/**
 * Seals records when they are inserted and checks each record that is loaded, with the records that were joined to it. It is a
 * subscriber of the data source, so no reader can forget it. Records change by `changeRecord` only.
 */
@Injectable()
export class RecordSeals implements RowRefusal {
  private readonly genuine = new BoundedMap<string, true>(capacity);
  /** Checks under way. Versions of one key are loaded with the same key. */
  private readonly checking = new Map<string, Promise<void>>();
  private waiting: Check[] = [];

  constructor(
    readonly owner: RecordOwner,
    readonly authority: RecordAuthority,
    readonly rejections: RecordRejections,
    readonly history: RecordHistory,
    dataSource: DataSource,
  ) {
    dataSource.subscribers.push(this);
  }

  /** Rejects with `record-forged` for a record that was not written here, `record-outdated` for one of an older backup. */
  afterLoad(entity: object, event?: LoadEvent<object>): Promise<unknown> | undefined {
    return event === undefined
      ? undefined
      : this.assertGenuine(event.dataSource, entity, tenantWithin(event.queryRunner), event.manager);
  }

  /**
   * Checks a record that was loaded without listeners, and the records that were joined to it.
   * @param tenantId the tenant that was asked for: a database may answer with another tenant's genuine record
   * @param manager of the transaction that loaded it
   * @returns undefined if they are known to be genuine and current
   * @throws (rejects with) AnkaError `record-forged`, `record-outdated`, `hsm-unavailable`, `hsm-timeout`, `audit-unavailable`
   */
  assertGenuine(
    dataSource: DataSource,
    entity: object,
    tenantId?: string,
    manager?: EntityManager,
  ): Promise<unknown> | undefined {
    const records = [entity, ...(Object.values(entity) as unknown[])].filter(isSealable);
    const checks = records.flatMap((row) => {
      const metadata = dataSource.getMetadata(row.constructor);
      const record = recordOf(this.owner.service, row, metadata);
      const genuine = this.check(record, (row as Partial<Sealed>).seal, tenantId);
      const current = (): Promise<void> | undefined => this.checkCurrent(row, record, metadata, manager);
      return (genuine === undefined ? current() : genuine.then(current)) ?? [];
    });
    return checks.length === 0 ? undefined : Promise.all(checks);
  }

  /** Completes the row with the defaults of its columns, gives it its place in the history, and seals it. */
  async beforeInsert({ entity, metadata, queryRunner, manager }: InsertEvent<object>): Promise<void> {
    if (decidingOf(metadata.target as never) === undefined) return;
    await completeRow(entity, metadata, queryRunner);
    Object.assign(entity, await this.sealNext(manager, entity as Sealed, metadata));
  }

  /** @throws TypeError for a change of a deciding column without a new seal */
  beforeUpdate({ entity, metadata }: UpdateEvent<object>): void {
    const deciding = decidingOf(metadata.target as never);
    if (deciding === undefined || entity === undefined || 'seal' in entity) return;
    const changed = deciding.filter((name) => name in entity);
    if (changed.length > 0) throw new TypeError(`${metadata.tableName}.${changed[0]} is sealed: use changeRecord`);
  }

  /**
   * Gives a new or changed record its place in the history, seals it, and notes the change for the transaction's event.
   * @returns the columns to write
   * @throws AnkaError `record-outdated`, `audit-unavailable`, as `RecordHistory.assertMayChange`
   */
  async sealNext(manager: EntityManager, row: Sealed, metadata: EntityMetadata): Promise<Sealed> {
    return (await this.sealAll(manager, [row], metadata))[0] as Sealed;
  }

  /**
   * Does the same for records of one table and one tenant.
   * @param seal of the record authority; `adopt` for records that stand without a seal
   * @returns the columns to write, in the order of `rows`
   */
  async sealAll(
    manager: EntityManager,
    rows: readonly Sealed[],
    metadata: EntityMetadata,
    seal: Sealing = (records) => this.authority.seal(records),
  ): Promise<readonly Sealed[]> {
    const [first] = rows;
    if (first === undefined) return [];
    if (isTracked(metadata)) await this.takePlaces(manager, rows, trailNameOf(first, metadata).tenantId);
    const records = rows.map((row) => recordOf(this.owner.service, row, metadata));
    const seals = await this.compute(records, seal);
    return rows.map((row, index) => {
      const own = { seal: seals[index] as Buffer };
      if (!isTracked(metadata)) return own;
      const loaded = loadedRecord(row, metadata, (records[index] as NamedDigest).digest);
      noteChanges(manager, loaded.tenantId, [changeOf(loaded)]);
      this.history.wrote(loaded);
      return { ...own, recordRevision: loaded.revision };
    });
  }

  /** Gives records of one tenant their next places in its history. */
  private async takePlaces(manager: EntityManager, rows: readonly Sealed[], tenantId: string): Promise<void> {
    this.history.assertMayChange(tenantId);
    const earlier = rows.reduce((most, { recordRevision }) => Math.max(most, recordRevision ?? 0), 0);
    const first = await this.takeRevisions(manager, tenantId, rows.length, earlier);
    for (const [index, row] of rows.entries()) row.recordRevision = first + index;
  }

  /** Asks the trail before a lock of the tenant what a change would ask under it. See `RecordRevisions.prepare`. */
  async prepareChange(manager: EntityManager, tenantId: string): Promise<void> {
    const { positions, revisions } = this.history;
    await revisions.prepare(manager, tenantId, positions.of(tenantId));
  }

  /**
   * Takes the next `count` revisions for changes of a tenant's records. Take them last: see `RecordRevisions`.
   * @param earlier the highest revision that one of the records has; 0 for new ones
   * @returns the first of them
   * @throws AnkaError `record-outdated` for a revision that no change can have; `clock-skew`, `audit-unavailable`
   */
  async takeRevisions(manager: EntityManager, tenantId: string, count: number, earlier: number): Promise<number> {
    await this.history.assertCompared();
    const { positions, revisions } = this.history;
    const { isCompared } = positions;
    // Before the counter, which may wait for other changes: the trail may hear of them meanwhile.
    const position = positions.of(tenantId);
    const taken = await revisions.take(manager, tenantId, { count, earlier, position, isCompared });
    if (taken === undefined)
      throw this.rejections.reject({ table: 'record_position', tenantId, id: tenantId }, 'impossible');
    this.history.assertReaches(taken.before, position);
    return taken.first;
  }

  private async compute(records: readonly NamedDigest[], seal: Sealing): Promise<readonly Buffer[]> {
    const seals = await seal(records);
    if (seals.length !== records.length) throw new TypeError('the record key did not compute a seal for each record');
    for (const [index, record] of records.entries()) this.genuine.set(pairOf(record, seals[index] as Buffer), true);
    return seals;
  }

  /** Raises the alarm about a record that has a genuine seal and is refused all the same. @returns the error */
  reject(manager: EntityManager, row: object, reason: RejectionReason): AnkaError {
    return this.rejections.reject(
      recordOf(this.owner.service, row, manager.dataSource.getMetadata(row.constructor)),
      reason,
    );
  }

  notAsked(manager: EntityManager, row: object): AnkaError | undefined {
    return isSealable(row) ? this.reject(manager, row, 'forged') : undefined;
  }

  /** @returns undefined if the record is known to be as new as the audit trail knows it */
  private checkCurrent(
    row: object,
    record: NamedDigest,
    metadata: EntityMetadata,
    manager: EntityManager | undefined,
  ): Promise<void> | undefined {
    if (!isTracked(metadata)) return undefined;
    const loaded = loadedRecord(row, metadata, record.digest);
    const clock = clockOf(metadata.dataSource);
    return this.history
      .check(
        loaded,
        () => this.storedNow(row, metadata, manager, loaded),
        () => latestRevision(clock),
      )
      ?.then(
        (current) => {
          if (!current) throw this.rejections.reject(record, 'outdated');
        },
        (error) => {
          throw error instanceof RecordAhead && !error.isNext ? this.rejections.reject(record, 'ahead') : error;
        },
      );
  }

  /** @returns undefined if the seal is known to be genuine */
  private check(
    record: NamedDigest,
    seal: Buffer | null | undefined,
    tenantId: string | undefined,
  ): Promise<void> | undefined {
    if (tenantId !== undefined && record.tenantId !== null && record.tenantId !== tenantId)
      return Promise.reject(this.rejections.reject({ ...record, tenantId }, 'forged'));
    if (seal === null || seal === undefined) return this.withoutSeal(record);
    const pair = pairOf(record, seal);
    if (this.genuine.use(pair) === true) return undefined;
    const known = this.checking.get(pair);
    if (known !== undefined) return known;
    const checking = this.ask(record, seal).finally(() => this.checking.delete(pair));
    this.checking.set(pair, checking);
    return checking;
  }

  private ask(record: NamedDigest, seal: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (genuine: boolean): void => {
        if (!genuine) return reject(this.rejections.reject(record, 'forged'));
        this.genuine.set(pairOf(record, seal), true);
        resolve();
      };
      this.waiting.push({ record, seal, settle, fail: reject });
      if (this.waiting.length === 1) queueMicrotask(() => void this.checkWaiting());
    });
  }

  /** A record without a seal is refused: an older release wrote it and nobody adopted it, or someone removed the seal. */
  protected withoutSeal(record: NamedDigest): Promise<void> | undefined {
    return Promise.reject(this.rejections.reject(record, 'missing-seal'));
  }

  /** Checks all records of a query together: TypeORM reports them one by one in the same turn. */
  private async checkWaiting(): Promise<void> {
    const checks = this.waiting;
    this.waiting = [];
    try {
      const genuine = await this.authority.check(checks.map(({ record, seal }) => ({ ...record, seal })));
      for (const [index, { settle }] of checks.entries()) settle(genuine[index] === true);
    } catch (error) {
      for (const { fail } of checks) fail(error);
    }
  }

  /** Reads the record again. Without a transaction of its tenant it cannot be read, and counts as unchanged. */
  private async storedNow(
    row: object,
    metadata: EntityMetadata,
    manager: EntityManager | undefined,
    loaded: RecordState,
  ): Promise<RecordState | null> {
    if (manager === undefined) return loaded;
    const again = await manager
      .createQueryBuilder<object>(metadata.target, 'record')
      .whereInIds([metadata.getEntityIdMap(row)])
      .callListeners(false)
      .getOne();
    return again && this.stateOf(again, metadata);
  }

  /** The state of a record that was loaded as a whole. */
  stateOf(row: object, metadata: EntityMetadata): LoadedRecord {
    return loadedRecord(row, metadata, recordOf(this.owner.service, row, metadata).digest);
  }
}

const pairOf = ({ digest }: DigestedRecord, seal: Buffer): string =>
  digest.toString('latin1') + seal.toString('latin1');
