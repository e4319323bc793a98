import type { Logger } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';

/** Months, beyond the current one, for which partitions exist: so long may every attempt to make more fail. */
const monthsAhead = 2;
const dayMs = 86_400_000;

/** Keeps the trail's month partitions ahead of the clock. */
export class MonthPartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  /** Makes what is missing now, and looks again every day. */
  async start(): Promise<void> {
    await this.make();
    this.timer = setInterval(() => {
      this.make().catch((error: unknown) => {
        this.log.error({ reason: (error as Error).message }, 'partitions of the months ahead could not be made');
      });
    }, dayMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async make(): Promise<void> {
    const [row] = await this.dataSource.query<{ made: number }[]>('SELECT make_month_partitions($1) AS made', [
      monthsAhead,
    ]);
    if (row !== undefined && row.made > 0) this.log.info({ partitions: row.made }, 'month partitions made');
  }
}
