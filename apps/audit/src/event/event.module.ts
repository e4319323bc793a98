import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { MacModule } from '../mac/mac.module.js';
import { RecordModule } from '../record/record.module.js';
import { ReporterModule } from '../reporter/reporter.module.js';
import { AppendEvents } from './append-events.js';
import { EventMetrics } from './event-metrics.js';
import { SealTrail } from './seal-trail.js';

/** Seals events. */
@Module({
  imports: [AnchorModule, MacModule, RecordModule, ReporterModule],
  providers: [AppendEvents, SealTrail, EventMetrics],
  exports: [AppendEvents, EventMetrics],
})
export class EventModule {}
