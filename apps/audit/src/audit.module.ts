import { appendEvents, queryEvents, verifyTrail } from '@ankasecure/contracts';
import { CursorSeal, PARTS, type Parts } from '@ankasecure/service-kit';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AuditConfig } from './config.js';
import { AppendEvents } from './event/append-events.js';
import { MacSource } from './event/mac.js';
import { EventMetrics } from './event/metrics.js';
import { QueryEvents } from './event/query-events.js';
import { MonthPartitions } from './trail/month-partition.js';
import { TrailReader } from './trail/trail-reader.js';
import { VerifyTrail } from './trail/verify-trail.js';

/** The sealed trail: what the audit service answers on the bus. */
@Module({})
export class AuditModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly partitions: MonthPartitions;
  private reader: TrailReader | undefined;

  constructor(@Inject(PARTS) private readonly parts: Parts<AuditConfig>) {
    this.partitions = new MonthPartitions(parts.dataSource, parts.log);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.partitions.start();
    const { bus, config, dataSource, health } = this.parts;
    const macs = new MacSource(bus, config.partition);
    const append = new AppendEvents(dataSource, macs, new EventMetrics(health.registry));
    const reader = await TrailReader.open(config.database);
    this.reader = reader;
    const query = new QueryEvents(reader, new CursorSeal(config.cursorSecret));
    const verify = new VerifyTrail(reader, macs);
    bus.serve(appendEvents, '', async (context, { events }) => ({ body: await append.append(context, events) }));
    bus.serve(queryEvents, '', async (context, request) => ({ body: await query.query(context, request) }));
    bus.serve(verifyTrail, '', async (context, range) => ({ body: await verify.verify(context, range) }));
  }

  async onApplicationShutdown(): Promise<void> {
    this.partitions.stop();
    await this.reader?.close();
  }
}
