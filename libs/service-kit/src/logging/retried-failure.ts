import { QuietPeriod } from '../memory/quiet-period.js';
import type { Logger } from './logger.js';

/** The time after which a reason is logged again, in milliseconds. */
const againMs = 60_000;
/** Reasons that are remembered. */
const capacity = 16;

/** The lines that the log gets. */
interface Lines {
  readonly failed: string;
  readonly over: string;
}

/** Logs the failures of work that is tried again and again: each reason once a minute at most, and once that it has succeeded. */
export class RetriedFailure {
  private quiet = new QuietPeriod(capacity, againMs);
  private isOver = true;

  constructor(
    private readonly log: Pick<Logger, 'info' | 'warn'>,
    private readonly lines: Lines,
  ) {}

  failed({ message: reason }: Error): void {
    this.isOver = false;
    if (this.quiet.isDue(reason)) this.log.warn({ reason }, this.lines.failed);
  }

  succeeded(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.quiet = new QuietPeriod(capacity, againMs);
    this.log.info(this.lines.over);
  }
}
