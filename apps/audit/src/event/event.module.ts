import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { MacModule } from '../mac/mac.module.js';
import { RecordModule } from '../record/record.module.js';
import { ReporterModule } from '../reporter/reporter.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { AppendEvents } from './append-events.js';
import { CountUses } from './count-uses.js';
import { EventController } from './event.controller.js';
import { EventMetrics } from './event-metrics.js';
import { QueryEvents } from './query-events.js';
import { SealTrail } from './seal-trail.js';

/** Seals events and reads sealed ones. */
@Module({
  imports: [AnchorModule, MacModule, RecordModule, ReporterModule, TrailModule],
  controllers: [EventController],
  providers: [AppendEvents, SealTrail, QueryEvents, CountUses, EventMetrics],
  exports: [AppendEvents, EventMetrics],
})
export class EventModule {}
