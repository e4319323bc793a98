import { Module } from '@nestjs/common';
import { MacModule } from '../mac/mac.module.js';
import { ReporterModule } from '../reporter/reporter.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { AppendEvents } from './append-events.js';
import { CountUses } from './count-uses.js';
import { EventController } from './event.controller.js';
import { EventMetrics } from './event-metrics.js';
import { QueryEvents } from './query-events.js';

/** Seals reported events and reads sealed ones. */
@Module({
  imports: [MacModule, ReporterModule, TrailModule],
  controllers: [EventController],
  providers: [AppendEvents, QueryEvents, CountUses, EventMetrics],
})
export class EventModule {}
