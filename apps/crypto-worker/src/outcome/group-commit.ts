import { randomInt } from 'node:crypto';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { AnkaError, type AuditEvent, monotonicNow } from '@ankasecure/contracts';
import {
  activeSpan,
  Clock,
  connectionOf,
  DatabaseConfig,
  inSharedSpan,
  Logger,
  Outbox,
  type SpanPlan,
} from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { type Committed, commitOutcomes, outcomeValues } from './commit-outcomes.sql.js';
import type { Fence } from './fence.js';
import {
  addTo,
  emptyGroup,
  type Group,
  groupName,
  hasRoom,
  type Outcome,
  type OutcomeText,
  placeGroups,
  recordedRows,
  type Verdict,
  verdictsOf,
} from './outcome-group.js';

/**
 * The number of rows that processes share for counting a key's use: few enough to sum at once, and enough that two processes
 * rarely wait for each other's commit.
 */
const slots = 64;

const commitSpan = (groups: readonly Group[]): SpanPlan => ({
  name: 'commit outcomes',
  kind: 'internal',
  attributes: { 'ankasecure.outcomes': groups.reduce((sum, { settle }) => sum + settle.length, 0) },
});

/**
 * Commits outcomes. Outcomes that arrive while a commit is under way share the next one, so durability costs one round trip
 * and one fsync per batch, not per request. Nothing is released before it is committed.
 */
@Injectable()
export class GroupCommit implements OnApplicationShutdown {
  private readonly pool: Pool;
  /** The rows of the next commit, and those of them that still accept outcomes, by the name of their fence. */
  private waiting: Group[] = [];
  private readonly open = new Map<string, Group>();
  private committing = false;
  private readonly slot = randomInt(slots);
  private bundles = 0;

  constructor(
    config: DatabaseConfig,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    log: Logger,
  ) {
    this.pool = new Pool({ ...connectionOf(config, 'ankasecure-outcomes'), max: 1, statement_timeout: 15_000 });
    this.pool.on('error', (error) => log.warn({ reason: error.message }, 'lost the database connection for outcomes'));
  }

  /**
   * @returns false if the fence no longer holds; nothing was written, and the result must be discarded
   * @throws AnkaError `audit-unavailable` if the commit is not known to have succeeded, and Error for an event that could never be sealed
   */
  async commit(fence: Fence, event: AuditEvent): Promise<boolean> {
    return (await this.add({ fence, event }, null)) === 'written';
  }

  /** Commits the outcomes of one request in one transaction: all of them, or none. @throws as `commit` */
  commitAll(outcomes: readonly Outcome[]): Promise<Verdict[]> {
    const bundle = this.bundleOf(outcomes);
    return Promise.all(outcomes.map((outcome) => this.add(outcome, bundle)));
  }

  /**
   * Commits outcomes in one transaction, each for itself. The fallback is written in place of an outdated outcome.
   * @throws as `commit`
   */
  commitEach(outcomes: readonly Outcome[]): Promise<Verdict[]> {
    return Promise.all(outcomes.map((outcome) => this.add(outcome, null)));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Outcomes with one name hold or fail together anyway, and share their row with other requests. */
  private bundleOf(outcomes: readonly Outcome[]): number | null {
    if (outcomes.length < 2) return null;
    const names = new Set(outcomes.map((outcome) => groupName(outcome, null)));
    if (names.size === 1) return null;
    this.bundles = (this.bundles + 1) % 0x7fffffff;
    return this.bundles;
  }

  private add(outcome: Outcome, bundle: number | null): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      this.outbox.assertSealable(outcome.event);
      const text = this.textOf(outcome);
      const group = this.groupFor(outcome, bundle);
      addTo(group, outcome, text);
      group.settle.push(resolve);
      group.fail.push(reject);
      const span = activeSpan();
      if (span !== undefined) group.spans.push(span);
      if (!this.committing) {
        this.committing = true;
        void this.drain();
      }
    });
  }

  private textOf({ event, fallback }: Outcome): OutcomeText {
    return { event: this.outbox.textOf(event), fallback: fallback && this.outbox.textOf(fallback) };
  }

  /** Returns the open row of this fence; a new one if there is none or it is full. */
  private groupFor(outcome: Outcome, bundle: number | null): Group {
    const name = groupName(outcome, bundle);
    const open = this.open.get(name);
    if (open !== undefined && hasRoom(open)) return open;
    const group = emptyGroup(name, outcome, bundle);
    this.open.set(name, group);
    this.waiting.push(group);
    return group;
  }

  /** Each commit waits for the end of a turn of the event loop, to include the outcomes of that turn. */
  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await endOfTurn();
      const groups = this.waiting;
      this.waiting = [];
      this.open.clear();
      // All processes write in one order, so that those that share a slot do not deadlock.
      if (groups.length > 1) {
        groups.sort((a, b) => (a.name < b.name ? -1 : 1));
        placeGroups(groups);
      }
      await inSharedSpan(
        () => commitSpan(groups),
        () => groups.flatMap(({ spans }) => spans),
        () => this.write(groups),
      );
    }
    this.committing = false;
  }

  private async write(groups: readonly Group[]): Promise<void> {
    try {
      const asked = monotonicNow();
      const { rows } = await this.pool.query<Committed>({
        ...commitOutcomes,
        values: outcomeValues(groups, this.slot),
      });
      this.settle(groups, rows[0] as Committed, asked);
    } catch (cause) {
      const error = new AnkaError(
        'audit-unavailable',
        'The outcome could not be recorded, so the result is not released',
        { cause },
      );
      for (const group of groups) for (const fail of group.fail) fail(error);
    }
  }

  private settle(groups: readonly Group[], { written, outdated, at }: Committed, asked: number): void {
    this.clock.learn({ said: at, asked, answered: monotonicNow() });
    let count = 0;
    for (const row of recordedRows(groups, written, outdated)) {
      this.outbox.noteCommitted(row);
      count += row.length;
    }
    const verdicts = verdictsOf(groups.length, written, outdated);
    groups.forEach(({ settle }, index) => {
      for (const one of settle) one(verdicts[index] ?? 'held-back');
    });
    if (count > 0) this.outbox.committed(count);
  }
}
