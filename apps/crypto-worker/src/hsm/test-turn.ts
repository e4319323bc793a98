import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { connectionOf, DatabaseConfig } from '@ankasecure/service-kit';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Client } from 'pg';
import { takesTurns, tooLate } from '../custody/assembly/writer-turn.js';
import { beginTurn, endTurn, takeTurn } from '../custody/assembly/writer-turn.sql.js';
import { Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import { tryTestTurn } from './test-turn.sql.js';

/** The pause after a test lasts as long as the test, and at least so long, in milliseconds: tests take half of a token's time at most. */
const shortestPauseMs = 10_000;
/** The longest wait for the workers' own turns to write, in milliseconds, and the time-out of a statement above it. */
const [patienceMs, unansweredMs] = [20_000, 30_000];

const busy = 'A self-test of this HSM runs, or ended a moment ago. Try again after a pause as long as that test took.';

/**
 * One self-test of a partition's token at a time, among all workers. The turn is an advisory lock, which PostgreSQL releases if
 * its holder dies. Where the token's writers take turns, the test has theirs as long as it runs.
 */
@Injectable()
export class TestTurn implements OnModuleDestroy {
  private held: Client | undefined;

  constructor(
    private readonly config: DatabaseConfig,
    private readonly partition: Partition,
    private readonly custody: Custody,
  ) {}

  /** @throws AnkaError `quota-exceeded` if another has the turn, or what `work` throws */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    const connection = new Client(connectionOf(this.config, 'ankasecure-hsm-test', unansweredMs));
    // The next statement reports a connection that is lost.
    connection.on('error', () => undefined);
    await connection.connect();
    const begun = monotonicNow();
    try {
      const { rows } = await connection.query<{ taken: boolean }>(tryTestTurn, [this.partition.name]);
      if (rows[0]?.taken !== true) throw new AnkaError('quota-exceeded', busy);
      this.held = connection;
      return await this.amongWriters(connection, work);
    } finally {
      void this.letGo(connection, monotonicNow() - begun);
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.held?.end();
  }

  private async amongWriters<Result>(connection: Client, work: () => Promise<Result>): Promise<Result> {
    if (!takesTurns(this.custody.token.profile)) return work();
    await connection.query(beginTurn(patienceMs));
    await connection.query(takeTurn, [this.partition.name]).catch(tooLate);
    try {
      return await work();
    } finally {
      await connection.query(endTurn);
    }
  }

  private async letGo(connection: Client, tookMs: number): Promise<void> {
    if (this.held === connection) {
      await delay(Math.max(shortestPauseMs, tookMs), undefined, { ref: false });
      this.held = undefined;
    }
    await connection.end();
  }
}
