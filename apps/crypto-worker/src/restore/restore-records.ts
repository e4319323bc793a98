import type { Context, RecordHead, RestoredRecord } from '@ankasecure/contracts';
import {
  allHeads,
  BusClient,
  Outbox,
  restoreRecords as restoreAll,
  restoredEvent,
  sealsOf,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { keepRevision } from '../alias/key-alias.sql.js';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { KeyAliasRecord, PastAliasRecord } from '../key/record/key-alias.entity.js';
import { LostKeys, recordIdOfLost } from '../platform-key/lost-key.js';
import type { LostKey } from '../platform-key/unrecorded-key.js';
import { readFinalStates } from './final-states.js';
import { countAfter, restoringsOf } from './restoring.js';

/** What is to be brought up to date, and by what. */
interface Plan {
  /** What the trail says of the tenant's records. */
  readonly heads: readonly RecordHead[];
  /** The needed keys that are put on record again. */
  readonly lost: readonly LostKey[];
  /** How the other records follow the trail. */
  readonly restorings: ReturnType<typeof restoringsOf>;
}

/** Brings the worker's records of one tenant up to date with the audit trail and the token. */
@Injectable()
export class RestoreRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly outbox: Outbox,
    private readonly lostKeys: LostKeys,
  ) {}

  /**
   * Everything that is restored is one commit, with the events that report it. A repeated call finds nothing left to do.
   * @returns what was done, or what would be done if it is a dry run
   * @throws AnkaError `platform-key-unrecorded` if the token does not show surely which keys the tenant has lost
   */
  async restore(context: Context): Promise<readonly RestoredRecord[]> {
    const plan = await this.plan(context);
    const { records, events } = await withTenant(this.dataSource, context.tenantId, (manager) =>
      context.dryRun === true ? this.foresee(manager, context, plan) : this.carryOut(manager, context, plan),
    );
    if (events > 0) this.outbox.committed(events);
    return records;
  }

  private async plan(context: Context): Promise<Plan> {
    const heads = await allHeads(this.bus, context, 'crypto-worker');
    const restorings = restoringsOf(await readFinalStates(this.bus, context));
    return { heads, restorings, lost: await this.lostKeys.find(context, heads) };
  }

  private async foresee(manager: EntityManager, context: Context, { heads, lost, restorings }: Plan) {
    const others = await restoreAll(manager, context, headsOfOthers(heads, lost), restorings);
    return { records: [...lost.map(toldOf), ...others], events: 0 };
  }

  private async carryOut(manager: EntityManager, context: Context, { heads, lost, restorings }: Plan) {
    await holdFence(manager, context.tenantId);
    const recovered = await this.lostKeys.record(manager, context, lost, heads);
    if (recovered.length > 0) await this.outbox.write(manager, recovered);
    const alias = await highestAlias(manager, context.tenantId);
    const others = await restoreAll(manager, context, headsOfOthers(heads, lost), restorings);
    const records = [...lost.map(toldOf), ...others];
    if (records.length === 0) return { records, events: 0 };
    const last = heads.reduce((most, { seq }) => Math.max(most, seq), 0);
    await manager.query(keepRevision, [context.tenantId, countAfter(alias, last)]);
    await this.outbox.write(manager, [restoredEvent(context, records)]);
    return { records, events: recovered.length + 1 };
  }
}

/** The highest revision that the tenant's aliases have in the backup, and had before. One that is made again gets a later one. */
const highestAlias = (manager: EntityManager, tenantId: string): Promise<number> =>
  sealsOf(manager).history.without(async () => {
    const past = await manager.findOneBy(PastAliasRecord, { tenantId });
    const aliases = await manager.findBy(KeyAliasRecord, { tenantId });
    return aliases.reduce((most, { revision }) => Math.max(most, revision), past?.lastRevision ?? 0);
  });

/** The heads of all records but those of keys that are put on record again. */
const headsOfOthers = (heads: readonly RecordHead[], lost: readonly LostKey[]): readonly RecordHead[] => {
  const again = new Set(lost.map(recordIdOfLost));
  return heads.filter(({ kind, id }) => kind !== 'platform_key' || !again.has(id));
};

const toldOf = (lost: LostKey): RestoredRecord => ({
  kind: 'platform_key',
  id: recordIdOfLost(lost),
  outcome: 'reapplied',
  state: null,
});
