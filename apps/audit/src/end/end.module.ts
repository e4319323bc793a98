import { Module } from '@nestjs/common';
import { MacModule } from '../mac/mac.module.js';
import { BoundIndexes } from './bound-index.js';
import { KnownPlaces } from './known-places.js';
import { SealedEnds } from './sealed-ends.js';
import { TrailDescent } from './trail-descent.js';

/** What this process knows of the ends of the trails, and the proof that what the database tells continues it. */
@Module({
  imports: [MacModule],
  providers: [BoundIndexes, KnownPlaces, SealedEnds, TrailDescent],
  exports: [BoundIndexes, KnownPlaces, SealedEnds, TrailDescent],
})
export class EndModule {}
