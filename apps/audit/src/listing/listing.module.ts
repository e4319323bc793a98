import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { EndModule } from '../end/end.module.js';
import { ProofModule } from '../proof/proof.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { CountUses } from './count-uses.js';
import { KnownEnd } from './known-end.js';
import { ListingController } from './listing.controller.js';
import { QueryEvents } from './query-events.js';

/** Lists sealed events, and counts them. */
@Module({
  imports: [AnchorModule, EndModule, ProofModule, TrailModule],
  controllers: [ListingController],
  providers: [KnownEnd, QueryEvents, CountUses],
})
export class ListingModule {}
