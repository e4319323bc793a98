import type { AnkaError, Context } from '@ankasecure/contracts';
import { asAnkaError, Logger, ownContext, QuietPeriod } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CheckpointConfig } from '../checkpoint.config.js';
import { MakeCheckpoint } from '../make-checkpoint.js';
import { type DueTrail, dueTrails } from '../store/checkpoint.sql.js';
import { CheckpointDatabase, makersAtOnce } from '../store/checkpoint-database.js';
import { BackOff } from './back-off.js';
import { CheckpointMetrics } from './checkpoint-metrics.js';
import { isDue, RoundOrder } from './due-trail.js';

/** Between two looks, in milliseconds. */
const lookMs = 1_000;
/** The time for one checkpoint, or a part of the way to it, in milliseconds. */
const patienceMs = 10_000;
/** How often the log says how far a long walk is, in milliseconds. */
const progressMs = 60_000;

/** Makes the checkpoints that are due, every second, where they are enabled. */
@Injectable()
export class CheckpointRounds implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private readonly backOff = new BackOff();
  private readonly order = new RoundOrder();
  private readonly progress = new QuietPeriod(1_000, progressMs);

  constructor(
    private readonly database: CheckpointDatabase,
    private readonly maker: MakeCheckpoint,
    private readonly metrics: CheckpointMetrics,
    private readonly log: Logger,
    private readonly config: CheckpointConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.enabled) return;
    this.timer = setInterval(() => void this.look(), lookMs);
    this.timer.unref();
  }

  /** Begins no more rounds, and waits for the one under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** Makes the checkpoints that are due now. A look while one is under way is that one. */
  look(): Promise<void> {
    this.round ??= this.makeDue().finally(() => {
      this.round = undefined;
    });
    return this.round;
  }

  private async makeDue(): Promise<void> {
    try {
      const trails = await dueTrails(this.database.dataSource);
      this.metrics.noteBehind(trails);
      const may = trails.filter((trail) => isDue(trail) && this.backOff.isOver(trail.tenantId));
      const due = this.order.choose(may).values();
      const makeNext = async (): Promise<void> => {
        for (const trail of due) await this.make(trail);
      };
      await Promise.all(Array.from({ length: makersAtOnce }, makeNext));
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'cannot look for trails that need a checkpoint now');
    }
  }

  private async make({ tenantId, seq }: DueTrail): Promise<void> {
    const context: Context = { ...ownContext('audit', patienceMs), tenantId };
    try {
      const made = await this.maker.make(context);
      if (made.standing === 'signed') this.metrics.signed.inc();
      if (made.standing === 'walked' && this.progress.isDue(tenantId))
        this.log.info(
          { tenantId, walked: made.size, events: seq },
          'the first checkpoint in a long time is on its way',
        );
      if (made.standing === 'pending') this.backOff.failed(tenantId, true);
      else this.backOff.succeeded(tenantId);
    } catch (thrown) {
      this.refused(tenantId, asAnkaError(thrown));
    }
  }

  private refused(tenantId: string, error: AnkaError): void {
    this.backOff.failed(tenantId, error.retryable);
    this.metrics.failed.inc({ code: error.code });
    const told = { tenantId, code: error.code, reason: error.detail };
    if (error.retryable) this.log.warn(told, 'cannot make a checkpoint now');
    else this.log.error({ alarm: 'checkpoint-refused', ...told }, 'no checkpoint is made of a trail');
  }
}
