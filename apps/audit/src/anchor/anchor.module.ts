import { Module } from '@nestjs/common';
import { AnchorRounds } from './anchor-rounds.js';
import { AnchorSource } from './anchor-source.js';
import { TrailGuard } from './trail-guard.js';

/** The anchor of the trails in the token, against a roll-back of the database. */
@Module({ providers: [AnchorSource, TrailGuard, AnchorRounds], exports: [TrailGuard] })
export class AnchorModule {}
