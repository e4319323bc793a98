import { setTimeout as delay } from 'node:timers/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Health } from '../health/health.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from './clock.js';

const everyMs = 2_000;
const retryMs = 250;

/** Reads the database's clock every two seconds, and reports a disagreement: in the log, in metrics and by readiness. */
export class ClockWatch {
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<boolean> | undefined;
  private reported: boolean | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  /** Resolves after the first reading, for which it waits as long as the database does not answer. */
  async start(health: Health): Promise<void> {
    health.register('clock', () => {
      const found = this.clock.disagreement();
      if (found !== undefined) throw new Error(found);
    });
    meterClock(this.clock, health.registry);
    while (!(await this.tryLook())) await delay(retryMs);
    this.timer = setInterval(() => {
      this.reading ??= this.tryLook().finally(() => {
        this.reading = undefined;
      });
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
  }

  /** The database's own readiness check reports its failures. */
  private tryLook(): Promise<boolean> {
    return this.look().then(
      () => true,
      () => false,
    );
  }

  private async look(): Promise<void> {
    await this.clock.read(this.dataSource.manager);
    this.clock.judgePeers();
    const disagreement = this.clock.takeTransactionDisagreement() ?? this.clock.disagreement();
    const agrees = disagreement === undefined;
    if (agrees === (this.reported ?? true)) return;
    this.reported = agrees;
    if (agrees) this.log.warn('the clocks agree again');
    else
      this.log.error({ alarm: 'clock-skew', disagreement }, 'the clocks disagree: nothing is decided until they agree');
  }
}

const meterClock = (clock: Clock, registry: Registry): void => {
  const registers = [registry];
  new Gauge({
    name: 'ankasecure_clock_skew_seconds',
    help: 'How far the clock of this process is ahead of another one: its database or a service (the furthest process)',
    labelNames: ['clock'],
    registers,
    collect() {
      this.reset();
      this.set({ clock: 'database' }, clock.aheadMs() / 1000);
      for (const [service, processes] of Map.groupBy(clock.peers.skews(), (peer) => peer.service)) {
        const furthest = processes.reduce((a, b) => (Math.abs(b.aheadMs) > Math.abs(a.aheadMs) ? b : a));
        this.set({ clock: service }, furthest.aheadMs / 1000);
      }
    },
  });
  new Gauge({
    name: 'ankasecure_clock_agrees',
    help: 'Whether the clock of this process agrees with the others: 1 or 0',
    registers,
    collect() {
      this.set(clock.disagreement() === undefined ? 1 : 0);
    },
  });
  new Counter({
    name: 'ankasecure_clock_refusals_total',
    help: 'Decisions that were refused because the clocks disagree',
    registers,
    collect() {
      this.reset();
      this.inc(clock.refusals);
    },
  });
};
