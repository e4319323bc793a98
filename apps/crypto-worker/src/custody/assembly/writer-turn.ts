import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { connectionOf, type DatabaseConfig, type Logger } from '@ankasecure/service-kit';
import { Pool, type PoolClient } from 'pg';
import type { Deadline } from '../../deadline/deadline.js';
import { endsBy } from '../../deadline/ends-by.js';
import { type Custody, StillRunning } from '../custody.js';
import { beginTurn, endTurn, takeTurn } from './writer-turn.sql.js';

/**
 * Tokens that miss another process's objects if both write at once. SoftHSM counts changes in one file. A process that
 * writes raises the count and assumes that it has seen that state, so it never reads another process's change since its last
 * read. If writers take turns, and read before they write (see `generate`), no change is missed.
 */
const shortSighted: readonly string[] = ['softhsm'];

/** Whether all writers of tokens with this profile take turns, in whatever process they are. */
export const takesTurns = (profile: string): boolean => shortSighted.includes(profile);

/** The longest wait for another worker's turn, in milliseconds. Making a large RSA key is the slowest turn. */
const patienceMs = 60_000;
/** The time-out of any statement, in milliseconds. It is above `patienceMs`, so that PostgreSQL reports a turn that did not come. */
const unansweredMs = 70_000;

/** The longest wait for a turn to end after the token has closed, in milliseconds. A hanging call ends with the process. */
const farewellMs = 1_000;

/** The wanted time of a turn. */
export interface Wish {
  /** The turn comes before every turn without this flag. */
  readonly ahead?: boolean;
  /** The turn is refused after this moment of `monotonicNow`. */
  readonly deadline?: number;
}

/** A turn in the queue. Neither method rejects. */
interface Turn {
  readonly deadline: number;
  run(): Promise<void>;
  refuse(error: AnkaError): void;
}

/**
 * Gives one turn at a time among all workers of a partition, by an advisory lock that PostgreSQL releases if its holder
 * dies. Within a process, turns queue on a separate connection, since waiting callers may hold the pool's connections.
 */
export class WriterTurn {
  private readonly pool: Pool;
  private readonly ahead: Turn[] = [];
  private readonly others: Turn[] = [];
  private running: Promise<void> | undefined;
  private held: PoolClient | undefined;
  private closing = false;

  constructor(
    config: DatabaseConfig,
    private readonly partition: string,
    log: Logger,
  ) {
    this.pool = new Pool({ ...connectionOf(config, 'ankasecure-writer-turn', unansweredMs), max: 1 });
    this.pool.on('error', (error) =>
      log.warn({ reason: error.message }, 'lost the database connection for write turns'),
    );
  }

  /**
   * Runs `work` while nothing else writes to the token. If `work` fails while its call still runs in the HSM, the caller is
   * answered at once and the turn lasts until the call has ended.
   * @throws AnkaError `hsm-timeout` if the turn does not come
   */
  take<Result>(work: () => Promise<Result>, { ahead = false, deadline = Infinity }: Wish = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const begun = Promise.withResolvers<void>();
      if (deadline !== Infinity)
        void endsBy(deadline, begun.promise).then((inTime) => inTime || reject(new AnkaError('hsm-timeout')));
      const run = (): Promise<void> => {
        begun.resolve();
        return this.run(work, deadline, reject).then(resolve, reject);
      };
      (ahead ? this.ahead : this.others).push({ deadline, run, refuse: reject });
      this.running ??= Promise.resolve().then(() => this.runAll());
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.race([this.running, delay(farewellMs, undefined, { ref: false })]);
    this.letGo(true);
    await this.pool.end();
  }

  private async runAll(): Promise<void> {
    for (let turn = this.next(); turn !== undefined; turn = this.next()) {
      if (this.closing) turn.refuse(new AnkaError('hsm-unavailable', 'The worker is shutting down.'));
      else if (turn.deadline < monotonicNow()) turn.refuse(new AnkaError('hsm-timeout'));
      else await turn.run();
    }
    this.running = undefined;
  }

  private next(): Turn | undefined {
    return this.ahead.shift() ?? this.others.shift();
  }

  private async run<Result>(
    work: () => Promise<Result>,
    deadline: number,
    answer: (failure: unknown) => void,
  ): Promise<Result> {
    const connection = await this.pool.connect();
    this.held = connection;
    // The connection may be lost while `work` runs. The next statement reports that.
    const lost = (): void => undefined;
    connection.on('error', lost);
    let broken = true;
    try {
      await this.lock(connection, deadline);
      const result = await work().catch(async (failure: unknown) => {
        const cause = failure instanceof AnkaError ? failure.cause : undefined;
        if (cause instanceof StillRunning) {
          answer(failure);
          await cause.ended;
        }
        throw failure;
      });
      await connection.query(endTurn);
      broken = false;
      return result;
    } finally {
      // A connection with an open transaction is closed, which releases the lock.
      if (this.held === connection) this.letGo(broken);
      connection.off('error', lost);
    }
  }

  private async lock(connection: PoolClient, deadline: number): Promise<void> {
    const waitMs = Math.max(1, Math.min(patienceMs, deadline - monotonicNow()));
    await connection.query(beginTurn(Math.ceil(waitMs)));
    await connection.query(takeTurn, [this.partition]).catch(tooLate);
  }

  private letGo(broken: boolean): void {
    this.held?.release(broken);
    this.held = undefined;
  }
}

/** @throws AnkaError `hsm-timeout` if the turn did not come in time, or the error as it is */
export const tooLate = (cause: unknown): never => {
  throw (cause as { code?: unknown }).code === '55P03' ? new AnkaError('hsm-timeout', undefined, { cause }) : cause;
};

/** Wraps `custody` so that its writes wait for their turn, where its token needs that. */
export const takingTurns = (custody: Custody, makeTurn: () => WriterTurn): Custody => {
  if (!takesTurns(custody.token.profile)) return custody;
  const turn = makeTurn();
  /** A turn would only be a wait for a token that does not answer, and a hanging call would keep it from other workers. */
  const make = async <Result>(budget: Deadline, work: () => Promise<Result>): Promise<Result> => {
    if (!custody.healthy()) throw new AnkaError('hsm-unavailable');
    return turn.take(work, budget);
  };
  const own: Pick<Custody, 'generate' | 'generatePlatformKey' | 'importKey' | 'writeAnchor' | 'destroy' | 'close'> = {
    generate: (budget, ...call) => make(budget, () => custody.generate(budget, ...call)),
    generatePlatformKey: (budget, ...call) => make(budget, () => custody.generatePlatformKey(budget, ...call)),
    importKey: (budget, ...call) => make(budget, () => custody.importKey(budget, ...call)),
    writeAnchor: (budget, ...call) => turn.take(() => custody.writeAnchor(budget, ...call), budget),
    // Cleaning up comes before making more keys. Its time starts with its turn, since nothing else would clean up.
    destroy: (budget, ...call) => {
      const allowedMs = budget.deadline - monotonicNow();
      const begun = () => ({ ...budget, deadline: monotonicNow() + allowedMs });
      return turn.take(() => custody.destroy(begun(), ...call), { ahead: true });
    },
    close: async () => {
      await custody.close();
      await turn.close();
    },
  };
  // Methods are bound once, because every item of every request passes here several times.
  const bound = new Map<string | symbol, unknown>(Object.entries(own));
  return new Proxy(custody, {
    get(target, name) {
      const known = bound.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const method: unknown = member.bind(target);
      bound.set(name, method);
      return method;
    },
  });
};
