import { Module } from '@nestjs/common';
import { EndModule } from '../end/end.module.js';
import { MacModule } from '../mac/mac.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { CountUses } from './count-uses.js';
import { ListingController } from './listing.controller.js';
import { ProvePage } from './prove-page.js';
import { QueryEvents } from './query-events.js';
import { UnprovenAlarm } from './unproven-alarm.js';

/** Lists sealed events, and counts them. */
@Module({
  imports: [EndModule, MacModule, TrailModule],
  controllers: [ListingController],
  providers: [QueryEvents, ProvePage, UnprovenAlarm, CountUses],
})
export class ListingModule {}
