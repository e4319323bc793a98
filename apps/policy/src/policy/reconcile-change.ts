import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { tenantsWithPendingChange } from './pending-change.sql.js';
import { SettleChange } from './settle-change.js';

/** The pause between two searches, in milliseconds: `first`, doubled up to `most` while changes stay unfinished; otherwise `idle`. */
const pauseMs = { first: 200, most: 5000, idle: 30_000 };
const attemptMs = 10_000;
/** Longest that stopping waits for attempts in progress, in milliseconds. The next instance repeats them. */
const graceMs = 1000;
/** The number of tenants whose changes are tried at once. */
const atOnce = 8;

/** Finishes, in the background, every change that was left pending: by a failed call, a dead instance or an absent worker. */
@Injectable()
export class ReconcileChange implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopped = false;
  private failures = 0;
  private wake: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  /** Returns the result of a change, and starts a search soon if the change was left unfinished. */
  async watch<Result>(change: Promise<Result>): Promise<Result> {
    try {
      return await change;
    } catch (error) {
      if (error instanceof AnkaError && error.code === 'policy-not-applied') this.lookSoon();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.wake();
    await Promise.race([this.loop, delay(graceMs, undefined, { ref: false })]);
  }

  private lookSoon(): void {
    this.failures = 0;
    this.wake();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const left = await this.look().catch((error: unknown) => {
        this.log.warn({ reason: (error as Error).message }, 'cannot look for unfinished policy changes');
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
    const waiting = (await tenantsWithPendingChange(this.dataSource)).values();
    let left = 0;
    const next = async (): Promise<void> => {
      for (const tenantId of waiting) {
        if (this.stopped) return;
        await this.changes.settle(tenantId, monotonicNow() + attemptMs).catch(() => left++);
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
