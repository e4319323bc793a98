import { Logger } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { makeMonthPartitions } from './month-partition.sql.js';

/** The number of months after the current one that have partitions. For that time, every attempt to create more can fail. */
const monthsAhead = 2;
const dayMs = 86_400_000;

/** Keeps the trail's month partitions ahead of the clock. */
@Injectable()
export class MonthPartitions implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
  ) {}

  /** Creates the missing partitions now, and checks again every day. */
  async onApplicationBootstrap(): Promise<void> {
    await this.make();
    this.timer = setInterval(() => {
      this.make().catch((error: unknown) => {
        this.log.error({ reason: (error as Error).message }, 'cannot create the partitions of the months ahead');
      });
    }, dayMs);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async make(): Promise<void> {
    const partitions = await makeMonthPartitions(this.dataSource, monthsAhead);
    if (partitions > 0) this.log.info({ partitions }, 'created month partitions');
  }
}
