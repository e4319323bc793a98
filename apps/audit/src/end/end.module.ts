import { Module } from '@nestjs/common';
import { MacModule } from '../mac/mac.module.js';
import { BoundIndexes } from './bound-index.js';
import { KnownPlaces } from './known-places.js';
import { SealedEnds } from './sealed-ends.js';
import { TrailDescent } from './trail-descent.js';

/** The ends of trails that this process knows, and the proof that those which the database tells continue them. */
@Module({
  imports: [MacModule],
  providers: [BoundIndexes, KnownPlaces, SealedEnds, TrailDescent],
  exports: [BoundIndexes, KnownPlaces, SealedEnds, TrailDescent],
})
export class EndModule {}
