import { type AuditEvent, assertSealable, type Context } from '@ankasecure/contracts';
import { Clock, sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newObjectId, type ObjectOwner, ownerText, parseOwner } from '../custody/object-owner.js';
import { Partition } from '../custody/partition.js';
import { Lease } from '../lease/lease.js';
import { type IntentKind, IntentRecord } from './intent.entity.js';
import { lockIntent, openIntents, recordedObject } from './intent.sql.js';

/** An intent as its holder knows it. Only the holder may end it. A worker that claims it becomes its holder. */
export interface Intent {
  readonly tenantId: string;
  readonly objectId: Uint8Array;
  /** Whose object it is. No object of another owner is touched, whatever the intent's row says. */
  readonly owner: ObjectOwner;
  /** The number of the holder's lease. */
  readonly lease: string;
}

/** A destruction that is on record, and the event that is sealed when the object is gone. */
export interface BegunDestruction {
  readonly intent: Intent;
  readonly event: AuditEvent;
}

/** An intent of any worker of the partition. Nothing of it is believed before it is claimed. */
export type OpenIntent = Omit<Intent, 'owner'>;

/** An intent that this worker has claimed, as its sealed record tells it. */
export interface ClaimedIntent extends Intent {
  readonly kind: IntentKind;
  /** The event that it began with, as JSON. It is parsed when the intent is ended, so that a damaged one delays no other. */
  readonly event: string;
}

/** The record of an object whose making failed. */
export interface Standing {
  /** A key or a platform key is on record under this object. The object is in use and must stay. */
  readonly recorded: boolean;
}

/** @throws Error if the record names no owner of its own tenant */
const ownerIn = ({ tenantId, owner }: IntentRecord): ObjectOwner => {
  const named = parseOwner(owner);
  if (named?.tenantId !== tenantId) throw new Error('an intent does not name the owner of its object');
  return named;
};

const nameOf = (objectId: Uint8Array): string => Buffer.from(objectId).toString('hex');

/**
 * Records every change of an HSM object before it begins. An intent names every object without a record, and every record
 * whose object may be gone.
 */
@Injectable()
export class Intents {
  /** Objects that this process works on. An intent under its own lease that is not among them has no other worker to end it. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
    private readonly lease: Lease,
    private readonly clock: Clock,
  ) {}

  /**
   * Records that an object will be made, under a new CKA_ID that binds its owner. The caller releases the intent in the end,
   * however the work ends. An intent whose commit was not confirmed is released at once; if it exists, the reconciler finds
   * it.
   * @param event sealed as `unknown` if nobody can tell how the work ended. Nothing is made if it could never be sealed
   */
  async begin({ tenantId }: Pick<Context, 'tenantId'>, owner: ObjectOwner, event: AuditEvent): Promise<Intent> {
    const intent = await this.prepare(tenantId, owner, newObjectId(owner, this.partition.naming));
    await this.committing(intent, (manager) => this.insert(manager, intent, 'make', event));
    return intent;
  }

  /**
   * Records that an object will be destroyed.
   * @param begin confirms, in the transaction that records the intent, that the object is still to be destroyed. It returns the event
   * that is sealed when the object is gone, whichever worker destroys it. Its facts are those of sealed records
   * @returns undefined if the object is not to be destroyed
   * @throws AnkaError `clock-skew`: what is destroyed does not come back
   */
  async beginDestroying(
    { owner, objectId }: Pick<Intent, 'owner' | 'objectId'>,
    begin: (manager: EntityManager) => Promise<AuditEvent | undefined>,
  ): Promise<BegunDestruction | undefined> {
    if (this.isUnderWay({ objectId })) return undefined;
    const intent = await this.prepare(owner.tenantId, owner, objectId);
    const event = await this.committing(intent, async (manager) => {
      const begun = await begin(manager);
      if (begun === undefined) return undefined;
      await this.clock.within(manager);
      this.clock.assertAllAgree();
      await this.insert(manager, intent, 'destroy', begun);
      return begun;
    });
    if (event !== undefined) return { intent, event };
    this.letGo(intent);
    return undefined;
  }

  private async prepare(tenantId: string, owner: ObjectOwner, objectId: Uint8Array): Promise<Intent> {
    const lease = await this.lease.number();
    this.underWay.add(nameOf(objectId));
    return { tenantId, objectId, owner, lease };
  }

  private async committing<Result>(intent: Intent, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    try {
      return await withTenant(this.dataSource, intent.tenantId, work);
    } catch (error) {
      this.letGo(intent);
      throw error;
    }
  }

  private async insert(
    manager: EntityManager,
    { tenantId, objectId, owner, lease }: Intent,
    kind: IntentKind,
    event: AuditEvent,
  ): Promise<void> {
    assertSealable(event);
    await manager.insert(IntentRecord, {
      tenantId,
      objectId: Buffer.from(objectId),
      owner: ownerText(owner),
      partition: this.partition.name,
      lease,
      kind,
      event: JSON.stringify(event),
    });
  }

  /** The open intents of this partition with any holder, oldest first. */
  open(): Promise<OpenIntent[]> {
    return this.dataSource.query<OpenIntent[]>(openIntents, [this.partition.name]);
  }

  /** Releases the intent: this process does nothing more with the object. */
  letGo({ objectId }: Pick<Intent, 'objectId'>): void {
    this.underWay.delete(nameOf(objectId));
  }

  /**
   * Tells whether this process works on the object. That includes a call that continues in the HSM after its caller was
   * answered.
   */
  isUnderWay({ objectId }: Pick<Intent, 'objectId'>): boolean {
    return this.underWay.has(nameOf(objectId));
  }

  /**
   * Ends an intent in the transaction that records how it ended.
   * @returns false if this holder no longer has it, because it has ended or was claimed
   */
  async end(manager: EntityManager, { tenantId, objectId, lease }: Intent): Promise<boolean> {
    const { affected } = await manager.delete(IntentRecord, { tenantId, objectId: Buffer.from(objectId), lease });
    return affected === 1;
  }

  /**
   * Claims an orphaned intent for this worker, and reads it from its sealed record: whoever could write an intent could have
   * any object destroyed. An intent to make an object that is on record has ended before, and somebody put it back.
   * @returns undefined if it was ended or claimed meanwhile
   * @throws AnkaError `record-forged`
   */
  async claim({ tenantId, objectId, lease }: OpenIntent): Promise<ClaimedIntent | undefined> {
    const own = await this.lease.number();
    const held = { tenantId, objectId: Buffer.from(objectId), partition: this.partition.name };
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const { affected } = await manager.update(IntentRecord, { ...held, lease }, { lease: own });
      if (affected !== 1) return undefined;
      const intent = await manager.findOneByOrFail(IntentRecord, held);
      const recorded = await manager.query<unknown[]>(recordedObject, [tenantId, objectId]);
      if (intent.kind === 'make' && recorded.length > 0) throw sealsOf(manager).reject(manager, intent, 'outdated');
      return { ...intent, owner: ownerIn(intent) };
    });
  }

  /**
   * Tells whether the object is on record. It waits for a commit under way whose answer may have been lost: that commit
   * holds the intent's row.
   */
  standing({ tenantId, objectId }: Pick<Intent, 'tenantId' | 'objectId'>): Promise<Standing> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await manager.query(lockIntent, [tenantId, objectId]);
      const rows = await manager.query<unknown[]>(recordedObject, [tenantId, objectId]);
      return { recorded: rows.length > 0 };
    });
  }

  /**
   * Leaves an intent to the reconciler of any worker: lease 0 has no holder. If the database does not answer, this worker's
   * own reconciler ends it.
   */
  async abandon({ tenantId, objectId, lease }: Intent): Promise<void> {
    const held = { tenantId, objectId: Buffer.from(objectId), lease };
    await withTenant(this.dataSource, tenantId, (manager) => manager.update(IntentRecord, held, { lease: '0' })).catch(
      () => undefined,
    );
  }
}
