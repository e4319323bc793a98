import { Module } from '@nestjs/common';
import { EndModule } from '../end/end.module.js';
import { ProofModule } from '../proof/proof.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { CountUses } from './count-uses.js';
import { ListingController } from './listing.controller.js';
import { QueryEvents } from './query-events.js';

/** Lists sealed events, and counts them. */
@Module({
  imports: [EndModule, ProofModule, TrailModule],
  controllers: [ListingController],
  providers: [QueryEvents, CountUses],
})
export class ListingModule {}
