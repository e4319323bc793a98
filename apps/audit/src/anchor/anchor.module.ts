import { Module } from '@nestjs/common';
import { EndModule } from '../end/end.module.js';
import { AnchorRounds } from './anchor-rounds.js';
import { AnchorSource } from './anchor-source.js';
import { HeldAnchors } from './held-anchor.js';
import { ToldTrails } from './told-trails.js';
import { TrailGuard } from './trail-guard.js';
import { TrailHealth } from './trail-health.js';
import { UnprovenTrails } from './unproven-trails.js';

/** The anchor of the trails in the token, against a roll-back of the database. */
@Module({
  imports: [EndModule],
  providers: [AnchorSource, HeldAnchors, ToldTrails, TrailGuard, TrailHealth, AnchorRounds, UnprovenTrails],
  exports: [EndModule, HeldAnchors, TrailGuard],
})
export class AnchorModule {}
