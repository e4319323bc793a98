import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { BoundedClient, connectionOf, DatabaseConfig, Health } from '@ankasecure/service-kit';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { takesTurns, tooLate } from '../custody/assembly/writer-turn.js';
import { beginTurn, endTurn, takeTurn } from '../custody/assembly/writer-turn.sql.js';
import { Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import type { EndTurn, Keeper } from '../doctor/examine-apart.js';
import { tryTestTurn } from './test-turn.sql.js';

/** The pause after a test lasts as long as the test, and at least so long, in milliseconds: tests take half of a token's time at most. */
const shortestPauseMs = 10_000;
/** The longest wait for a turn to write before the test asks again, in milliseconds, and the time-out of a statement above it. */
const [momentMs, unansweredMs] = [5_000, 30_000];

const busy = 'A self-test of this HSM runs, or ended a moment ago. Try again after a pause as long as that test took.';

/**
 * One self-test of a partition's token at a time, among all workers. The turn is an advisory lock, which PostgreSQL releases if
 * its holder dies. Where the token's writers take turns, the test takes one for each key, so that others make keys meanwhile.
 */
@Injectable()
export class TestTurn implements OnModuleDestroy {
  private held: BoundedClient | undefined;
  private testing: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(
    private readonly config: DatabaseConfig,
    private readonly partition: Partition,
    private readonly custody: Custody,
    private readonly health: Health,
  ) {}

  /** @throws AnkaError `quota-exceeded` if another has the turn, or what `work` throws */
  async take<Result>(work: (keeper: Keeper) => Promise<Result>): Promise<Result> {
    const connection = new BoundedClient(connectionOf(this.config, 'ankasecure-hsm-test', unansweredMs));
    await connection.connect();
    const begun = monotonicNow();
    try {
      const { rows } = await connection.query<{ taken: boolean }>(tryTestTurn, [this.partition.name]);
      if (rows[0]?.taken !== true) throw new AnkaError('quota-exceeded', busy);
      this.held = connection;
      const stop = AbortSignal.any([this.health.ending, this.closing.signal]);
      const working = work({ stop, takeTurn: () => this.amongWriters(connection) });
      this.testing = working.catch(() => undefined);
      return await working;
    } finally {
      void this.letGo(connection, monotonicNow() - begun);
    }
  }

  /** The turn ends when the test has: what it does on the token is over then. */
  async onModuleDestroy(): Promise<void> {
    this.closing.abort();
    await this.testing;
    await this.held?.end();
  }

  /** @returns undefined if the writers did not give way in a moment */
  private async amongWriters(connection: BoundedClient): Promise<EndTurn | undefined> {
    if (!takesTurns(this.custody.token.profile)) return async () => undefined;
    const end: EndTurn = async () => void (await connection.query(endTurn));
    await connection.query(beginTurn(momentMs));
    try {
      await connection.query(takeTurn, [this.partition.name]).catch(tooLate);
      return end;
    } catch (error) {
      if (!(error instanceof AnkaError)) throw error;
      await end();
      return undefined;
    }
  }

  private async letGo(connection: BoundedClient, tookMs: number): Promise<void> {
    if (this.held === connection) {
      await delay(Math.max(shortestPauseMs, tookMs), undefined, { ref: false });
      this.held = undefined;
    }
    await connection.end();
  }
}
