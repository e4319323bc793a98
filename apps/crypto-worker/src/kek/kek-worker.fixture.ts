import { AnkaError } from '@ankasecure/contracts';
import type { BusClient } from '@ankasecure/service-kit';
import type { Custody, KeyRef, Wrapping } from '../custody/custody.js';
import { KeyStore } from '../key/key-store.js';
import { Lease } from '../lease/lease.js';
import { Reconciler } from '../life/reconcile.js';
import { ObjectDestroyer } from '../object/destroy-object.js';
import { Intents } from '../object/intent.js';
import { ObjectMaker } from '../object/make-object.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { UnrecordedKeys } from '../platform-key/unrecorded-key.js';
import { ownClock, type PartitionDatabase, partitionNamed, silent } from '../testing/worker-database.js';
import { DestroyRetiredKeks, DueKeks } from './retirement/destroy-retired-kek.js';
import { RetireOldKeks } from './retirement/retire-old-kek.js';
import { VersionsOnRecord } from './retirement/versions-on-record.js';
import { RewrapKeys } from './rewrap-keys.js';
import { RewrapPage } from './rewrap-page.js';
import { RotateKek } from './rotate-kek.js';
import { OpenRotations } from './rotation/open-rotation.js';

/** TEST ONLY. A token whose blobs name the generation. It refuses keys as a test requires. */
export class FakeToken {
  readonly token = { label: 't', serial: 's' };
  readonly destroyed: string[] = [];
  rewrapped = 0;
  /** The number of rewraps after which it fails, as if the worker had died. */
  answers = Number.POSITIVE_INFINITY;
  refuses: (ref: KeyRef) => boolean = () => false;

  healthy = (): boolean => true;
  generatePlatformKey = async (): Promise<object> => ({ spki: null, wrapped: null });
  platformObjects = async (): Promise<Uint8Array[]> => [];
  async destroy(_: unknown, __: unknown, objectId: Uint8Array): Promise<number> {
    const name = Buffer.from(objectId).toString('hex');
    const value = this.destroyed.includes(name) ? 0 : 1;
    this.destroyed.push(name);
    return value;
  }
  async rewrap(_: unknown, ref: KeyRef, to: Wrapping): Promise<object> {
    if (this.refuses(ref)) throw new AnkaError('key-blob-refused');
    if (this.rewrapped >= this.answers) throw new AnkaError('hsm-unavailable');
    this.rewrapped++;
    return { blob: Buffer.from(`under ${to.kekGeneration}`), mac: Buffer.alloc(32, to.kekGeneration) };
  }
}

/** A partition, and the database and the trail as its workers see them. */
export interface Place extends Pick<PartitionDatabase, 'dataSource' | 'outbox' | 'config'> {
  readonly partition: string;
  readonly bus: BusClient;
  readonly outcomes: GroupCommit;
}

/** TEST ONLY. What a worker has for the rotation of KEKs. */
export const kekWorker = (place: Place, token: FakeToken, horizon = 'P35D') => {
  const { partition, dataSource, outbox, config, bus, outcomes } = place;
  const custody = token as unknown as Custody;
  const lease = new Lease(config, silent);
  const intents = new Intents(dataSource, partitionNamed(partition), lease, ownClock);
  const destroyer = new ObjectDestroyer(dataSource, custody, intents, outbox);
  const maker = new ObjectMaker(dataSource, custody, intents, outbox, silent);
  const unrecorded = new UnrecordedKeys(dataSource, custody, silent, outbox, partitionNamed(partition));
  const platformKeys = new PlatformKeys(dataSource, custody, maker, partitionNamed(partition), unrecorded);
  const pages = new RewrapPage(dataSource, custody, platformKeys, outbox, silent);
  const onRecord = new VersionsOnRecord(dataSource, bus);
  const oldKeks = new RetireOldKeks(dataSource, outbox, onRecord, { horizon });
  const dueKeks = new DueKeks(dataSource, partitionNamed(partition));
  const sweeper = new DestroyRetiredKeks(dueKeks, custody, destroyer, onRecord, silent);
  const rewrapper = new RewrapKeys(
    new OpenRotations(dataSource, partitionNamed(partition)),
    lease,
    pages,
    oldKeks,
    silent,
  );
  const reconciler = new Reconciler(custody, intents, lease, destroyer, silent);
  const changes = new KeyActionRunner(dataSource, new KeyStore(dataSource), outcomes, outbox, ownClock);
  const stop = async (): Promise<void> => {
    await rewrapper.onApplicationShutdown();
    await sweeper.onApplicationShutdown();
    await reconciler.stop();
    await lease.release();
  };
  const rotator = new RotateKek(dataSource, platformKeys, changes, partitionNamed(partition));
  return { platformKeys, rewrapper, sweeper, reconciler, stop, rotator };
};
