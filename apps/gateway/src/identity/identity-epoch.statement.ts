import type { EntityManager } from 'typeorm';

/**
 * The numbers that every gateway must report before a change is in force. A gateway of an earlier version reports one number.
 * `let-in`: every gateway reads in the change's epoch, even while work for others is running.
 * `shut-out`: no work that began in an earlier epoch is still running.
 */
const awaited = { 'let-in': 'coalesce(reads_in, revision)', 'shut-out': 'revision' } as const;

/** The effect of a change of identities: it admits a caller or excludes one. */
export type Effect = keyof typeof awaited;

/** A lease of one gateway on an epoch. */
export interface Lease {
  readonly id: string;
  /** The epoch that the gateway reads in. */
  readonly readsIn: number;
  /** No work that began before this epoch is running on the gateway. */
  readonly revision: number;
  readonly forMs: number;
}

const revisionOf = (rows: readonly { revision: string }[]): number => Number(rows[0]?.revision);

/** The epoch that the transaction sees. */
export const readEpoch = async (manager: EntityManager): Promise<number> =>
  revisionOf(await manager.query('SELECT revision FROM identity_epoch'));

/** The epoch, under a share lock: no change is committed between this read and the lease that the change waits for. */
export const readAndHoldEpoch = async (manager: EntityManager): Promise<number> =>
  revisionOf(await manager.query('SELECT revision FROM identity_epoch FOR SHARE'));

/** Makes a new epoch. @returns its revision */
export const nextEpoch = async (manager: EntityManager): Promise<number> => {
  const [rows] = await manager.query<[{ revision: string }[], number]>(
    'UPDATE identity_epoch SET revision = revision + 1 RETURNING revision',
  );
  return revisionOf(rows);
};

/** Writes the lease, whose end the database's clock decides. */
export const writeLease = async (manager: EntityManager, { id, readsIn, revision, forMs }: Lease): Promise<void> => {
  await manager.query(
    `INSERT INTO gateway_instance (id, reads_in, revision, alive_until) VALUES ($1, $2, $3, pg_catalog.now() + $4 * interval '1 ms')
     ON CONFLICT (id) DO UPDATE
     SET reads_in = excluded.reads_in, revision = excluded.revision, alive_until = excluded.alive_until`,
    [id, readsIn, revision, forMs],
  );
};

/** Whether a running gateway has not reached the revision. */
export const isAwaited = async (manager: EntityManager, revision: number, effect: Effect): Promise<boolean> => {
  const [row] = await manager.query<{ behind: string }[]>(
    `SELECT count(*) AS behind FROM gateway_instance WHERE ${awaited[effect]} < $1 AND alive_until > pg_catalog.now()`,
    [revision],
  );
  return row?.behind !== '0';
};
