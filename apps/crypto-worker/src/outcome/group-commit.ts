import { randomInt } from 'node:crypto';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { connectionOf, DatabaseConfig, Logger, Outbox } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { commitOutcomes } from './commit-outcomes.sql.js';
import { type Fence, nameOf } from './fence.js';

/** Outcomes that become one row of the outbox. */
interface Group {
  readonly name: string;
  readonly fence: Fence;
  readonly operation: string;
  readonly events: string[];
  /** Length of the events in UTF-16 code units. */
  size: number;
  /** The number of outcomes that are uses of the fence's key: its successes. */
  uses: number;
  readonly settle: ((held: boolean) => void)[];
  readonly fail: ((error: AnkaError) => void)[];
}

/** The limits of one row, far below the size of one message to the audit service. */
const rowLimit = { events: 500, size: 256 * 1024 };

/**
 * The number of rows that processes share for counting a key's use: few enough to sum at once, and enough that two processes
 * rarely wait for each other's commit.
 */
const slots = 64;

/** The longest time that an outcome waits for outcomes of the next turns, in milliseconds. */
const gatherMs = 1;

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
  /** Announced outcomes that have not arrived yet. */
  private expected = 0;
  private gathered: (() => void) | null = null;

  constructor(
    config: DatabaseConfig,
    private readonly outbox: Outbox,
    log: Logger,
  ) {
    this.pool = new Pool({ ...connectionOf(config, 'ankasecure-outcomes'), max: 1, statement_timeout: 15_000 });
    this.pool.on('error', (error) => log.warn({ reason: error.message }, 'lost the database connection for outcomes'));
  }

  /** Announces outcomes of the next few turns. A commit waits a moment for them. An unannounced outcome only shortens the wait. */
  expect(count: number): void {
    this.expected += count;
  }

  /**
   * @returns false if the fence no longer holds; nothing was written, and the result must be discarded
   * @throws AnkaError `audit-unavailable` if the commit is not known to have succeeded, and Error for an event that could never be sealed
   */
  commit(fence: Fence, event: AuditEvent): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.outbox.assertSealable(event);
      const group = this.groupFor(fence, event.operation);
      const text = JSON.stringify(event);
      group.events.push(text);
      group.size += text.length;
      if (fence.key !== null && fence.tried !== true && event.outcome === 'success') group.uses++;
      group.settle.push(resolve);
      group.fail.push(reject);
      this.expected = Math.max(0, this.expected - 1);
      if (this.expected === 0) this.gathered?.();
      if (!this.committing) {
        this.committing = true;
        void this.drain();
      }
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Returns the open row of this fence; a new one if there is none or it is full. */
  private groupFor(fence: Fence, operation: string): Group {
    const name = nameOf(fence, operation);
    const open = this.open.get(name);
    if (open !== undefined && open.events.length < rowLimit.events && open.size < rowLimit.size) return open;
    const group: Group = { name, fence, operation, events: [], size: 0, uses: 0, settle: [], fail: [] };
    this.open.set(name, group);
    this.waiting.push(group);
    return group;
  }

  /**
   * Each commit waits for the end of a turn of the event loop, to include the outcomes of that turn, and a moment for
   * announced ones.
   */
  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await endOfTurn();
      if (this.expected > 0) await this.gather();
      const groups = this.waiting;
      this.waiting = [];
      this.open.clear();
      // All processes write in one order, so that those that share a slot do not deadlock.
      if (groups.length > 1) groups.sort((a, b) => (a.name < b.name ? -1 : 1));
      await this.write(groups);
    }
    this.committing = false;
  }

  private gather(): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      this.gathered = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => {
      this.gathered = null;
    });
  }

  private async write(groups: readonly Group[]): Promise<void> {
    try {
      const result = await this.pool.query<{ written: number[] }>({
        ...commitOutcomes,
        values: [
          groups.map(({ fence }) => fence.tenantId),
          groups.map(({ fence }) => fence.policy?.revision ?? null),
          groups.map(({ fence }) => fence.key?.keyId ?? null),
          groups.map(({ fence }) => fence.key?.version ?? null),
          groups.map(({ fence }) => fence.key?.revision ?? null),
          groups.map(({ events }) => events.length),
          groups.map(({ events }) => `[${events.join(',')}]`),
          groups.map(({ operation }) => operation),
          groups.map(({ uses }) => uses),
          this.slot,
        ],
      });
      const written = new Set(result.rows[0]?.written);
      let count = 0;
      groups.forEach((group, index) => {
        const held = written.has(index + 1);
        if (held) {
          count += group.events.length;
          this.outbox.note(group.fence.tenantId, group.events.length);
        }
        for (const settle of group.settle) settle(held);
      });
      if (count > 0) this.outbox.committed(count);
    } catch (cause) {
      const error = new AnkaError(
        'audit-unavailable',
        'The outcome could not be recorded, so the result is not released',
        {
          cause,
        },
      );
      for (const group of groups) for (const fail of group.fail) fail(error);
    }
  }
}
