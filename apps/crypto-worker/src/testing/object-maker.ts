import type { Custody } from '../custody/custody.js';
import type { Lease } from '../lease/lease.js';
import { Intents } from '../object/intent.js';
import { ObjectMaker } from '../object/make-object.js';
import { ownClock, type PartitionDatabase, partitionNamed, silent } from './worker-database.js';

/** Makes objects as a worker of the partition `default` does. @param custody may be a stand-in */
export const objectMakerOn = (
  { dataSource, outbox }: PartitionDatabase,
  custody: Custody,
  lease: Lease,
  clock = ownClock,
): ObjectMaker => {
  const intents = new Intents(dataSource, partitionNamed('default'), lease, clock);
  return new ObjectMaker(dataSource, custody, intents, outbox, silent);
};
