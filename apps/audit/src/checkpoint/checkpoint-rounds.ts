import { type Context } from '@ankasecure/contracts';
import { asAnkaError, Logger, ownContext } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CheckpointConfig } from './checkpoint.config.js';
import { CheckpointMetrics } from './checkpoint-metrics.js';
import { MakeCheckpoint } from './make-checkpoint.js';
import { type DueTrail, dueTrails } from './store/checkpoint.sql.js';
import { CheckpointDatabase, makersAtOnce } from './store/checkpoint-database.js';

/** Between two looks, in milliseconds. */
const lookMs = 1_000;
/** A checkpoint is made for this many new events, or for one when the last checkpoint is this old. A look and a signature later it is 10 s old. */
const mostEvents = 1_000;
const mostAgeMs = 8_000;
/** The time for one checkpoint, in milliseconds. A trail that has none yet may be long. */
const patienceMs = 10_000;
const firstPatienceMs = 600_000;

/** Whether a trail needs a checkpoint now. */
export const isDue = ({ seq, size, ageMs }: DueTrail): boolean =>
  seq > size && (size === 0 || ageMs >= mostAgeMs || seq - size >= mostEvents);

/** The time for a trail's checkpoint, in milliseconds: more for one that is far behind. */
const timeFor = ({ seq, size }: DueTrail): number => (seq - size > 20 * mostEvents ? firstPatienceMs : patienceMs);

/** Makes the checkpoints that are due, every second, where they are enabled. */
@Injectable()
export class CheckpointRounds implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;

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
      const due = trails.filter(isDue).values();
      const makeNext = async (): Promise<void> => {
        for (const trail of due) await this.make(trail);
      };
      await Promise.all(Array.from({ length: makersAtOnce }, makeNext));
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'cannot look for trails that need a checkpoint now');
    }
  }

  private async make(trail: DueTrail): Promise<void> {
    const { tenantId } = trail;
    const context: Context = { ...ownContext('audit', timeFor(trail)), tenantId };
    try {
      const made = await this.maker.make(context);
      if (made.standing === 'signed') this.metrics.signed.inc();
    } catch (thrown) {
      const error = asAnkaError(thrown);
      this.metrics.failed.inc({ code: error.code });
      const told = { tenantId, code: error.code, reason: error.detail };
      if (error.retryable) this.log.warn(told, 'cannot make a checkpoint now');
      else this.log.error({ alarm: 'checkpoint-refused', ...told }, 'no checkpoint is made of a trail');
    }
  }
}
