import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { SettleChange } from './settle-change.js';

/** Between two looks, in milliseconds: while changes stay unfinished from `first`, doubled up to `most`; otherwise `idle`. */
const pauseMs = { first: 200, most: 5000, idle: 30_000 };
const attemptMs = 10_000;
/** Longest that stopping waits for attempts under way, in milliseconds; whoever comes next makes them again. */
const graceMs = 1000;
/** Tenants whose changes are tried at once. */
const atOnce = 8;

/** Finishes, in the background, every change that was left on its way: by us, by an instance that died, by a worker that was away. */
export class ReconcileChange {
  private stopped = false;
  private failures = 0;
  private wake: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Looks soon: a change was left unfinished. */
  kick(): void {
    this.failures = 0;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await Promise.race([this.loop, delay(graceMs, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const left = await this.look().catch((error: unknown) => {
        this.log.warn({ reason: (error as Error).message }, 'unfinished policy changes could not be looked for');
        return 1;
      });
      this.failures = left === 0 ? 0 : this.failures + 1;
      await this.pause(
        this.failures === 0 ? pauseMs.idle : Math.min(pauseMs.most, pauseMs.first * 2 ** (this.failures - 1)),
      );
    }
  }

  /** @returns how many changes are still unfinished */
  private async look(): Promise<number> {
    const rows = await this.dataSource.query<{ tenant_id: string }[]>(
      'SELECT tenants_with_pending_change() AS tenant_id',
    );
    const waiting = rows.values();
    let left = 0;
    const next = async (): Promise<void> => {
      for (const { tenant_id: tenantId } of waiting) {
        if (this.stopped) return;
        await this.changes.settle(tenantId, Date.now() + attemptMs).catch(() => left++);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    return left;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms / 2 + Math.random() * (ms / 2));
      this.wake = done;
      if (this.stopped) done();
    });
  }
}
