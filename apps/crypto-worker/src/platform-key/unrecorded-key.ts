import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, type AuditEvent, type Context, monotonicNow, tried } from '@ankasecure/contracts';
import { Logger, Outbox, sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Custody, type PlatformKeyKind } from '../custody/custody.js';
import { bindsOwner, isNamed, nameOfObject, type ObjectName, ownerOfPlatformKey } from '../custody/object-owner.js';
import { Partition } from '../custody/partition.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { IntentRecord } from '../object/intent.entity.js';

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');
const idOf = ({ objectId }: { readonly objectId: Buffer }): string => hex(objectId);

const restore = 'Restore the newest backup of ankadb_keys.';
const recoverable = (label: string): string =>
  `${restore} If there is none, POST /tenants/{tenant}/restore puts the key on record again, unless the HSM holds two keys labelled ${label} of one generation, or one that this platform has not made in it.`;
const replaceable = (loss: string) => (label: string) =>
  `${restore} If there is none, an administrator of the HSM deletes the key labelled ${label}: the next request makes another, and ${loss}.`;

const otherCheckpoints = 'checkpoints from then on verify under that one';

/**
 * The remedy for a key without a record, by its kind. Wrapped keys are opened only by a recorded KEK, and seals are checked only
 * by a recorded audit key.
 */
const remedies: Readonly<Record<PlatformKeyKind, (label: string) => string>> = {
  kek: recoverable,
  'audit-mac': recoverable,
  'blob-mac': () => restore,
  import: replaceable('what was wrapped with the old one must be wrapped again'),
  'token-signing': replaceable('access tokens of the old one are no longer accepted'),
  'checkpoint-ed25519': replaceable(otherCheckpoints),
  'checkpoint-p256': replaceable(otherCheckpoints),
  'checkpoint-ml-dsa': replaceable(otherCheckpoints),
};

/** The longest wait for the making of another worker, the time between two looks, and that left to answer, in milliseconds. */
const [patienceMs, betweenMs, answerMs] = [10_000, 100, 500];
const unended = 'A worker is making this key of the tenant, and has not ended. Repeat the request.';

/** Another worker has put the key on record. Nothing is committed. */
class Outrun extends Error {}

/** A kind whose object says all that its record does. */
export type RecoverableKind = 'audit-mac' | 'blob-mac' | 'kek';

/** A key without a record. */
export interface LostKey {
  readonly kind: RecoverableKind;
  readonly generation: number;
  readonly objectId: Buffer;
}

/** The reasons why an object of the right name is not the lost key. */
const notOurs: readonly string[] = ['record-forged', 'key-not-found'];

/** Puts a key on record. @returns false if another worker was first */
type RecordKey = (manager: EntityManager, objectId: Buffer) => Promise<boolean>;

/**
 * Finds platform keys that the token holds and no record names. The database is then older than the token, or was lost.
 * A second key of that name would start the tenant again: with another audit key its trail no longer verifies, and with
 * another KEK its wrapped keys no longer open. A tenant's only `blob-mac` key is put on record again, because its object says
 * all that its record did, and so is a KEK that was made since the database was backed up, when the KEK is rotated again. A
 * tenant without any record of its KEK or its `audit-mac` key gets them back when it is restored.
 */
@Injectable()
export class UnrecordedKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly log: Logger,
    private readonly outbox: Outbox,
    private readonly partition: Partition,
  ) {}

  /**
   * Finds the tenant's key of this kind and generation, if the token holds exactly one that no record and no making names, whose
   * CKA_ID binds them, that was made in the token and never left it, and that has the rights of its kind and no others.
   */
  async find(
    context: Context,
    { kind, generation }: Pick<LostKey, 'kind' | 'generation'>,
  ): Promise<Buffer | undefined> {
    const { tenantId } = context;
    const name = this.nameOf(kind, tenantId, generation);
    const { ids, isBeingMade } = await this.unrecorded(context, kind);
    // Whoever makes it puts it on record, or destroys it.
    if (isBeingMade) return undefined;
    const found = ids
      .map((id) => Buffer.from(id, 'hex'))
      .filter((id) => bindsOwner(id) && isNamed(id, name.label, name));
    const [objectId] = found;
    if (objectId === undefined || found.length > 1) return undefined;
    const ref = { kind, tenantId, generation, objectId };
    const { error } = await tried(() => this.custody.checkPlatformKey(context, ref));
    if (error !== undefined && !notOurs.includes(error.code)) throw error;
    return error === undefined ? objectId : undefined;
  }

  /**
   * Puts the tenant's key of this kind and generation on record again, if `find` finds it.
   * @param event sealed if it is put on record
   * @returns whether the token holds it: it is on record now, by this call or another worker's
   */
  async recover(
    context: Context,
    lost: Pick<LostKey, 'kind' | 'generation'>,
    event: AuditEvent,
    record: RecordKey,
  ): Promise<boolean> {
    const objectId = await this.find(context, lost);
    if (objectId === undefined) return false;
    try {
      await withTenant(this.dataSource, context.tenantId, async (manager) => {
        if (!(await record(manager, objectId))) throw new Outrun();
        await this.outbox.write(manager, [event]);
      });
      this.outbox.committed(1);
    } catch (error) {
      if (!(error instanceof Outrun)) throw error;
    }
    return true;
  }

  /**
   * Waits for the makings of other workers, which end with a record or without an object.
   * @throws AnkaError `platform-key-unrecorded`; `service-unavailable` if a making does not end; the token's errors
   */
  async assertNone(context: Context, kind: PlatformKeyKind): Promise<void> {
    const { tenantId } = context;
    const patience = Math.min(context.deadline - answerMs, monotonicNow() + patienceMs);
    let left = await this.unrecorded(context, kind);
    while (left.isBeingMade) {
      if (monotonicNow() >= patience) throw new AnkaError('service-unavailable', unended);
      await delay(betweenMs);
      left = await this.unrecorded(context, kind);
    }
    if (left.ids.length === 0) return;
    this.log.error(
      { alarm: 'platform-key-unrecorded', tenantId, kind, objects: left.ids },
      'the token holds platform keys that ankadb_keys does not record; nothing is made',
    );
    throw new AnkaError(
      'platform-key-unrecorded',
      `The HSM holds a key ${kind} of this tenant that ankadb_keys does not record: the database was lost, or is older than the HSM. ${remedies[kind](this.nameOf(kind, tenantId).label)}`,
    );
  }

  private nameOf(kind: PlatformKeyKind, tenantId: string, generation = 1): ObjectName {
    return nameOfObject(ownerOfPlatformKey({ kind, tenantId, generation }), this.partition.naming);
  }

  /**
   * The CKA_IDs, in hex, of objects that no sealed record names, and of those among them that an intent names. An intent can be put
   * back, so it lets nobody make another key: it is waited for. The token is asked before the database, so that no making is missed,
   * and after it: a making that failed meanwhile has destroyed its object.
   * @throws AnkaError `record-forged` if a row is not what the HSM has sealed
   */
  private async unrecorded(context: Context, kind: PlatformKeyKind): Promise<Unrecorded> {
    const { tenantId } = context;
    const objects = async () => (await this.custody.platformObjects(context, kind, tenantId)).map(hex);
    const found = await objects();
    if (found.length === 0) return none;
    const { recorded, intended } = await this.onRecord(tenantId, kind);
    const left = found.filter((id) => !recorded.has(id));
    if (left.length === 0) return none;
    const still = new Set(await objects());
    const ids = left.filter((id) => still.has(id));
    return { ids, isBeingMade: ids.some((id) => intended.has(id)) };
  }

  /** The objects of the tenant's records of this kind, and of its open makings, at one moment. */
  private onRecord(tenantId: string, kind: PlatformKeyKind): Promise<Record<'recorded' | 'intended', Set<string>>> {
    const read = async (manager: EntityManager) => {
      // The object of a record never changes, and of an audit key the trail cannot be asked.
      const { history } = sealsOf(manager);
      const rows = await history.without(() => manager.findBy(PlatformKeyRecord, { tenantId, kind }));
      const makings = await manager.findBy(IntentRecord, { tenantId, kind: 'make' });
      return { recorded: new Set(rows.map(idOf)), intended: new Set(makings.map(idOf)) };
    };
    return withTenant(this.dataSource, tenantId, read, 'REPEATABLE READ');
  }
}

/** Objects without a record. */
interface Unrecorded {
  readonly ids: readonly string[];
  /** A making of one of them is open. */
  readonly isBeingMade: boolean;
}
const none: Unrecorded = { ids: [], isBeingMade: false };
