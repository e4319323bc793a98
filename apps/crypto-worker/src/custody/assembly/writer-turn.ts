import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError } from '@ankasecure/contracts';
import { connectionOf, type DatabaseConfig, type Logger } from '@ankasecure/service-kit';
import { Pool, type PoolClient } from 'pg';
import { endsBy } from '../../deadline/ends-by.js';
import { type Custody, StillRunning } from '../custody.js';

/**
 * Tokens that lose sight of another process's objects when both write at once. SoftHSM counts changes in one file: a
 * process that writes raises the count and takes the result for what it has seen, so a change of another process since its
 * last look is never looked at. Where writers take turns, and look before they write (see `generate`), none is lost.
 */
const shortSighted: readonly string[] = ['softhsm'];

/** Longest that one waits for another worker's turn to end, in milliseconds; the slowest is that of a large RSA key. */
const patienceMs = 60_000;
/** Of any statement, in milliseconds: PostgreSQL says by itself that the turn did not come. */
const unansweredMs = 70_000;

/** Longest that a turn may take to end once the token is closed, in milliseconds: what hangs in the library then ends with the process. */
const farewellMs = 1_000;

/** When a turn is wanted. */
export interface Wish {
  /** Before all that have not asked for this. */
  readonly ahead?: boolean;
  /** After this it is not wanted any more. Milliseconds since the epoch. */
  readonly deadline?: number;
}

/** A turn that somebody waits for. Neither rejects. */
interface Turn {
  readonly deadline: number;
  run(): Promise<void>;
  refuse(error: AnkaError): void;
}

/**
 * One turn at a time among all workers of a partition, by an advisory lock that PostgreSQL lets go when its holder dies.
 * Within a process turns queue up on one connection of their own: those who wait may hold others.
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
   * Runs `work` while nobody else on the token writes. Where it fails and goes on in the HSM its caller is answered at once,
   * and the turn lasts until it is over there.
   * @throws AnkaError `hsm-timeout` when the turn does not come
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
      else if (turn.deadline < Date.now()) turn.refuse(new AnkaError('hsm-timeout'));
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
    // Lost while it waits for the token: the next statement on it says so.
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
      await connection.query('COMMIT');
      broken = false;
      return result;
    } finally {
      // A connection whose transaction is not over goes, and its lock with it.
      if (this.held === connection) this.letGo(broken);
      connection.off('error', lost);
    }
  }

  private async lock(connection: PoolClient, deadline: number): Promise<void> {
    const waitMs = Math.max(1, Math.min(patienceMs, deadline - Date.now()));
    await connection.query(`BEGIN; SET LOCAL lock_timeout = '${Math.ceil(waitMs)}ms'`);
    await connection
      .query(`SELECT pg_advisory_xact_lock(hashtextextended('token writer:' || $1, 0))`, [this.partition])
      .catch(tooLate);
  }

  private letGo(broken: boolean): void {
    this.held?.release(broken);
    this.held = undefined;
  }
}

const tooLate = (cause: unknown): never => {
  throw (cause as { code?: unknown }).code === '55P03' ? new AnkaError('hsm-timeout', undefined, { cause }) : cause;
};

/** `custody`, whose writes wait for their turn where its token needs that. */
export const takingTurns = (custody: Custody, makeTurn: () => WriterTurn): Custody => {
  if (!shortSighted.includes(custody.token.profile)) return custody;
  const turn = makeTurn();
  const own: Pick<Custody, 'generate' | 'generatePlatformKey' | 'importKey' | 'destroy' | 'close'> = {
    generate: (budget, ...call) => turn.take(() => custody.generate(budget, ...call), budget),
    generatePlatformKey: (budget, ...call) => turn.take(() => custody.generatePlatformKey(budget, ...call), budget),
    importKey: (budget, ...call) => turn.take(() => custody.importKey(budget, ...call), budget),
    // What cleans up is not kept waiting by what makes more, and its time begins with its turn: nobody else would do it.
    destroy: (budget, ...call) => {
      const allowedMs = budget.deadline - Date.now();
      const begun = () => ({ ...budget, deadline: Date.now() + allowedMs });
      return turn.take(() => custody.destroy(begun(), ...call), { ahead: true });
    },
    close: async () => {
      await custody.close();
      await turn.close();
    },
  };
  // Bound once: every item of every request comes through here several times.
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
