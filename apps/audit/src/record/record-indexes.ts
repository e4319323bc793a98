import { setImmediate as endOfTurn } from 'node:timers/promises';
import {
  emptyMultiset,
  type IndexedRecord,
  indexedBytes,
  recordIndexBytes,
  withElement,
  withoutElement,
} from '@ankasecure/audit-event';
import { AnkaError, type Context, monotonicNow, recordKey } from '@ankasecure/contracts';
import { BoundedMap, Logger, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TrailGuard } from '../anchor/trail-guard.js';
import { MacSource } from '../mac/mac-source.js';
import { RecordHead as RecordHeadRow } from './record-head.entity.js';
import {
  advanceRecordHeads,
  clearRecords,
  namesChanges,
  type SealedChange,
  selectHeads,
  storeIndex,
  trailEnd,
} from './record-head.sql.js';
import { RecordIndexRecord } from './record-index.entity.js';
import { assertMayFollow } from './sealed-change.js';

/** The events that change an index, and their tenant's MACs. */
export interface IndexChange {
  readonly tenantId: string;
  readonly changes: readonly SealedChange[];
  /** The last event of the batch, and the MAC key of its seal. */
  readonly seq: number;
  readonly macKeyId: string;
  readonly mac: (macKeyId: string, message: Buffer) => Promise<Buffer>;
}

type Known = Pick<RecordIndexRecord, 'seq' | 'mac'>;

/** The time for which a comparison of all heads counts, in milliseconds; longer if the comparison itself takes long. */
const freshMs = 60_000;
const mostShare = 50;
const capacity = 100_000;
/** Heads that are hashed in one turn of the event loop. */
const perTurn = 200;

/**
 * Keeps the index of each tenant's records, and compares it with the heads in the database before they are believed. Whoever
 * owns the database cannot put one head back: the index would need a MAC that only the HSM makes. An older index with its own
 * MAC is one that this process knows a newer one of, or that the anchor in the token does.
 */
@Injectable()
export class RecordIndexes {
  /** The acceptance of older trails that this process has taken over. */
  private accepted = 0;
  private readonly known = new BoundedMap<string, Known>(capacity);
  private readonly compared = new BoundedMap<string, { readonly result: Promise<void>; until: number }>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly log: Logger,
    private readonly guard: TrailGuard,
  ) {}

  /**
   * Brings the index up to date with the changes of a batch, in its transaction, before the heads move.
   * @returns a function to call after the commit
   * @throws AnkaError `service-unavailable` if the stored index is not authentic; `request-invalid` for a change that cannot follow
   */
  async change(manager: EntityManager, { tenantId, changes, seq, macKeyId, mac }: IndexChange): Promise<() => void> {
    this.takeOver();
    const held = await manager.findOneBy(RecordIndexRecord, { tenantId });
    if (held !== null && !this.isKnown(held) && !(await mac(held.macKeyId, recordIndexBytes(held))).equals(held.mac))
      throw this.fault(tenantId, 'its MAC is not genuine');
    this.assertNotOlder(tenantId, held, this.known.get(tenantId));
    const before = new Map((await selectHeads(manager, tenantId, changes)).map((head) => [recordKey(head), head]));
    let sum: Buffer = held?.sum ?? emptyMultiset();
    for (const change of changes) {
      const old = before.get(recordKey(change));
      assertMayFollow(old, change);
      if (old !== undefined && old.revision >= change.revision) continue;
      if (old !== undefined) sum = withoutElement(sum, indexedBytes(old));
      sum = withElement(sum, indexedBytes(change));
    }
    const index = { tenantId, seq, sum, macKeyId, mac: await mac(macKeyId, recordIndexBytes({ tenantId, seq, sum })) };
    await storeIndex(manager, index);
    return () => this.learn(index);
  }

  /**
   * Replaces the heads of the context's tenant by the last changes that its proven events name, and seals their index. Nothing
   * that the database says of records counts.
   * @param seq the last proven event
   * @throws AnkaError `service-unavailable` (retryable) if the trail has moved since the proof
   */
  async rebuild(context: Context, seq: number, changes: readonly SealedChange[]): Promise<void> {
    const { tenantId } = context;
    const [key] = await this.macs.compute(context, null, [emptyMultiset()]);
    if (key === undefined) throw new Error('fewer MACs than messages');
    const { macKeyId } = key;
    const sum = await sumOf(changes);
    const mac = await this.macs.computeOne(context, macKeyId, recordIndexBytes({ tenantId, seq, sum }));
    const partition = this.macs.partitionOf(tenantId);
    await withTenant(this.dataSource, tenantId, async (manager) => {
      if ((await trailEnd(manager, tenantId)) !== seq)
        throw new AnkaError('service-unavailable', 'The trail has moved since it was verified. Repeat the call.');
      await clearRecords(manager, tenantId);
      await advanceRecordHeads(manager, tenantId, partition, changes);
      await storeIndex(manager, { tenantId, seq, sum, macKeyId, mac });
    });
  }

  /** Forgets which indexes were seen: an operator has accepted older ones. */
  forget(): void {
    this.known.clear();
    this.compared.clear();
  }

  /**
   * Compares all heads of the context's tenant with the index, unless that was done within the last minute.
   * @throws AnkaError `service-unavailable` (retryable) if a head is not the one that was sealed, or no worker answers
   */
  assertSound(context: Context): Promise<void> {
    this.takeOver();
    const { tenantId } = context;
    const last = this.compared.get(tenantId);
    if (last !== undefined && monotonicNow() < last.until) return last.result;
    const begun = monotonicNow();
    const entry = { result: this.compareAgain(context), until: Number.POSITIVE_INFINITY };
    this.compared.set(tenantId, entry);
    entry.result.then(
      () => {
        entry.until = monotonicNow() + Math.max(freshMs, mostShare * (monotonicNow() - begun));
      },
      () => this.compared.delete(tenantId),
    );
    return entry.result;
  }

  /** Compares once more if an operator has accepted older trails meanwhile. Any process may have been asked. */
  private async compareAgain(context: Context): Promise<void> {
    try {
      await this.compare(context);
    } catch (error) {
      await this.guard.compare().catch(() => undefined);
      if (!this.takeOver()) throw error;
      await this.compare(context);
    }
  }

  /** @returns whether an operator has accepted trails since */
  private takeOver(): boolean {
    const { accepted } = this.guard;
    if (accepted === this.accepted) return false;
    this.accepted = accepted;
    this.known.clear();
    this.compared.clear();
    return true;
  }

  private async compare(context: Context): Promise<void> {
    const { tenantId } = context;
    // A change that is sealed while this reads makes the process know a newer index than the one that it has read.
    const known = this.known.get(tenantId);
    const read = async (manager: EntityManager) => {
      const held = await manager.findOneBy(RecordIndexRecord, { tenantId });
      const heads = await manager.findBy(RecordHeadRow, { tenantId });
      const isEmpty = held === null && heads.length === 0;
      return { held, heads, isDeleted: isEmpty && (await namesChanges(manager, tenantId)) };
    };
    const { held, heads, isDeleted } = await withTenant(this.dataSource, tenantId, read, 'REPEATABLE READ');
    if (isDeleted) throw this.fault(tenantId, 'it was deleted');
    if (held === null && heads.length === 0) return this.assertNotOlder(tenantId, null, known);
    const sum = await sumOf(heads);
    if (held === null || !sum.equals(held.sum)) throw this.fault(tenantId, 'the heads of its records were changed');
    if (!this.isKnown(held)) {
      const genuine = await this.macs.computeOne(context, held.macKeyId, recordIndexBytes(held));
      if (!genuine.equals(held.mac)) throw this.fault(tenantId, 'its MAC is not genuine');
    }
    this.assertNotOlder(tenantId, held, known);
    this.learn(held);
  }

  /** Remembers an authentic index, unless a newer one is known. */
  private learn({ tenantId, seq, mac }: Known & { readonly tenantId: string }): void {
    if ((this.known.get(tenantId)?.seq ?? 0) <= seq) this.known.set(tenantId, { seq, mac });
  }

  private isKnown({ tenantId, mac }: RecordIndexRecord): boolean {
    return this.known.get(tenantId)?.mac.equals(mac) === true;
  }

  private assertNotOlder(tenantId: string, held: RecordIndexRecord | null, known: Known | undefined): void {
    if (known !== undefined && (held?.seq ?? 0) < known.seq) throw this.fault(tenantId, 'it is older than before');
  }

  private fault(tenantId: string, what: string): AnkaError {
    this.log.error({ alarm: 'record-index', tenantId, what }, 'the index of records in ankadb_audit is refused');
    const detail = `The index of the tenant’s records in ankadb_audit is refused: ${what}. deploy/backup.md says how to go on.`;
    return new AnkaError('service-unavailable', detail);
  }
}

const sumOf = async (heads: readonly IndexedRecord[]): Promise<Buffer> => {
  let sum = emptyMultiset();
  for (const [index, head] of heads.entries()) {
    if (index % perTurn === perTurn - 1) await endOfTurn();
    sum = withElement(sum, indexedBytes(head));
  }
  return sum;
};
