import { randomInt } from 'node:crypto';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { connectionOf, type Logger, type Outbox, type ServiceConfig } from '@ankasecure/service-kit';
import { Pool } from 'pg';
import { type Fence, nameOf } from './fence.js';

/** Outcomes that become one row of the outbox. */
interface Group {
  readonly name: string;
  readonly fence: Fence;
  readonly operation: string;
  readonly events: string[];
  /** Length of the events in UTF-16 code units. */
  size: number;
  /** How many of them are uses of the fence's key: successes. */
  uses: number;
  readonly settle: ((held: boolean) => void)[];
  readonly fail: ((error: AnkaError) => void)[];
}

/** What one row may hold: far below what one message to the audit service takes, whatever its callers do. */
const rowLimit = { events: 500, size: 256 * 1024 };

/**
 * Rows of a key's use that processes share out among them: few enough to be summed at once, enough that two processes which
 * wait for each other's commit are rare.
 */
const slots = 64;

/** @see the migrations `initial`, `usage` and `used-up` */
export const statement = {
  name: 'commit-outcomes',
  text: 'SELECT commit_outcomes($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::int[], $10::smallint) AS written',
};

/** Longest that an outcome waits, in milliseconds, for those that come in the next turns. */
const gatherMs = 1;

/**
 * Commits outcomes: those that arrive while one commit is under way share the next, so the price of durability is one
 * round trip and one fsync per batch, not per request. Nothing is released that is not committed.
 */
export class GroupCommit {
  private readonly pool: Pool;
  /** Rows of the next commit, and those of them that still take outcomes, by the name of their fence. */
  private waiting: Group[] = [];
  private readonly open = new Map<string, Group>();
  private committing = false;
  private readonly slot = randomInt(slots);
  /** Outcomes that were announced and have not come yet. */
  private expected = 0;
  private gathered: (() => void) | null = null;

  constructor(
    config: ServiceConfig['database'],
    private readonly outbox: Outbox,
    log: Logger,
  ) {
    this.pool = new Pool({ ...connectionOf(config, 'ankasecure-outcomes'), max: 1, statement_timeout: 15_000 });
    this.pool.on('error', (error) => log.warn({ reason: error.message }, 'lost the database connection for outcomes'));
  }

  /** Announces outcomes of the next few turns: a commit waits a moment for them. One that comes unannounced only shortens the wait. */
  expect(count: number): void {
    this.expected += count;
  }

  /**
   * @returns false when the fence no longer holds: nothing was written, the result must be thrown away
   * @throws AnkaError `audit-unavailable` when it is not known to be committed
   */
  commit(fence: Fence, event: AuditEvent): Promise<boolean> {
    return new Promise((resolve, reject) => {
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

  /** The open row of this fence, or a new one where there is none or it is full. */
  private groupFor(fence: Fence, operation: string): Group {
    const name = nameOf(fence, operation);
    const open = this.open.get(name);
    if (open !== undefined && open.events.length < rowLimit.events && open.size < rowLimit.size) return open;
    const group: Group = { name, fence, operation, events: [], size: 0, uses: 0, settle: [], fail: [] };
    this.open.set(name, group);
    this.waiting.push(group);
    return group;
  }

  /** Each commit waits for the end of a turn of the event loop, so that whatever the turn brings is in it, and a moment for what was announced. */
  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await endOfTurn();
      if (this.expected > 0) await this.gather();
      const groups = this.waiting;
      this.waiting = [];
      this.open.clear();
      // One order for all processes, so that none that share a slot wait for each other in a ring.
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
        ...statement,
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
        if (held) count += group.events.length;
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
