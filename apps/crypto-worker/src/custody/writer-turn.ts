import { AnkaError } from '@ankasecure/contracts';
import { connectionOf, type Logger, type ServiceConfig } from '@ankasecure/service-kit';
import { Pool } from 'pg';
import type { Custody } from './custody.js';

/**
 * Tokens that lose sight of another process's objects when both write at once. SoftHSM counts changes in one file: a
 * process that writes raises the count and takes the result for what it has seen, so a change of another process since its
 * last look is never looked at. Where writers take turns, and look before they write (see `generate`), none is lost.
 */
const shortSighted: readonly string[] = ['softhsm'];

/** Longest that one waits for another worker's turn to end; the slowest is that of a large RSA key. */
const patience = '60s';
/** Of any statement, in milliseconds: PostgreSQL says by itself that the turn did not come. */
const unansweredMs = 70_000;

/**
 * One turn at a time among all workers of a partition, by an advisory lock that PostgreSQL lets go when its holder dies.
 * Within a process turns queue up on one connection of their own: those who wait may hold others.
 */
export class WriterTurn {
  private readonly pool: Pool;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    config: ServiceConfig['database'],
    private readonly partition: string,
    log: Logger,
  ) {
    this.pool = new Pool({ ...connectionOf(config, 'ankasecure-writer-turn', unansweredMs), max: 1 });
    this.pool.on('error', (error) => log.warn({ reason: error.message }, 'the connection for turns was lost'));
  }

  /**
   * Runs `work` while nobody else on the token writes.
   * @throws AnkaError `hsm-timeout` when the turn does not come
   */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last.then(() => this.run(work));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.last;
    await this.pool.end();
  }

  private async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const connection = await this.pool.connect();
    // Lost while it waits for the token: the next statement on it says so.
    const lost = (): void => undefined;
    connection.on('error', lost);
    let broken = true;
    try {
      await connection.query(`BEGIN; SET LOCAL lock_timeout = '${patience}'`);
      await connection
        .query(`SELECT pg_advisory_xact_lock(hashtextextended('token writer:' || $1, 0))`, [this.partition])
        .catch(tooLate);
      const result = await work();
      await connection.query('COMMIT');
      broken = false;
      return result;
    } finally {
      // A connection whose transaction is not over goes, and its lock with it.
      connection.release(broken);
      connection.off('error', lost);
    }
  }
}

const tooLate = (cause: unknown): never => {
  throw (cause as { code?: unknown }).code === '55P03' ? new AnkaError('hsm-timeout', undefined, { cause }) : cause;
};

/** `custody`, whose writes wait for their turn where its token needs that. */
export const takingTurns = (custody: Custody, makeTurn: () => WriterTurn): Custody => {
  if (!shortSighted.includes(custody.token.profile)) return custody;
  const turn = makeTurn();
  const own: Pick<Custody, 'generate' | 'generatePlatformKey' | 'destroy' | 'close'> = {
    generate: (...call) => turn.take(() => custody.generate(...call)),
    generatePlatformKey: (...call) => turn.take(() => custody.generatePlatformKey(...call)),
    destroy: (...call) => turn.take(() => custody.destroy(...call)),
    close: async () => {
      await custody.close();
      await turn.close();
    },
  };
  return new Proxy(custody, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof typeof own];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
};
