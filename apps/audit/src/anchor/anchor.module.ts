import { Module } from '@nestjs/common';
import { AnchorRounds } from './anchor-rounds.js';
import { AnchorSource } from './anchor-source.js';
import { BoundIndexes } from './bound-index.js';
import { HeldAnchors } from './held-anchor.js';
import { SealedEnds } from './sealed-ends.js';
import { ToldTrails } from './told-trails.js';
import { TrailGuard } from './trail-guard.js';
import { TrailHealth } from './trail-health.js';

/** The anchor of the trails in the token, against a roll-back of the database. */
@Module({
  providers: [AnchorSource, BoundIndexes, HeldAnchors, SealedEnds, ToldTrails, TrailGuard, TrailHealth, AnchorRounds],
  exports: [BoundIndexes, HeldAnchors, SealedEnds, TrailGuard],
})
export class AnchorModule {}
