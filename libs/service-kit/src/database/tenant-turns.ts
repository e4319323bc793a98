import { AsyncLocalStorage } from 'node:async_hooks';
import { AnkaError } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import { Turns } from '../turns/turns.js';
import { databaseLimits } from './data-source.js';

/** The part of a data source's connections that one tenant can have at once. The rest is for the others. */
const shareOfTenant = 3 / 4;
/** The most transactions that wait for a data source. A few full batches of one tenant fit, of which each item may ask. */
const mostWaiting = 20_000;

const turnsOf = new WeakMap<DataSource, Turns>();
/** The data sources on which the current work has a connection. */
const within = new AsyncLocalStorage<readonly DataSource[]>();

const newTurns = (connections: number): Turns =>
  new Turns(
    {
      all: { running: connections, waiting: mostWaiting },
      each: { running: Math.max(1, Math.floor(connections * shareOfTenant)), waiting: mostWaiting },
      waitMs: databaseLimits.connectionTimeoutMillis,
    },
    () => new AnkaError('service-unavailable', 'Too many requests are waiting for the database. Try again later.'),
  );

/**
 * Runs a transaction when it is the tenant's turn. The pool of connections has one line for all, in which a tenant's batch of a
 * thousand items would stand before everybody else's requests. A transaction that is begun within another has no turn of its
 * own: it would wait for work that waits for it.
 * @throws AnkaError `service-unavailable` if the turn does not come in time
 */
export const inTurn = <Value>(dataSource: DataSource, tenantId: string, work: () => Promise<Value>): Promise<Value> => {
  const outer = within.getStore() ?? [];
  if (outer.includes(dataSource)) return work();
  let turns = turnsOf.get(dataSource);
  if (turns === undefined) {
    turns = newTurns(dataSource.options.poolSize ?? 1);
    turnsOf.set(dataSource, turns);
  }
  return turns.run(tenantId, () => within.run([...outer, dataSource], work));
};
