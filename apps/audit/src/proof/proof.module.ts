import { Module } from '@nestjs/common';
import { MacModule } from '../mac/mac.module.js';
import { ProvePage } from './prove-page.js';
import { UnprovenAlarm } from './unproven-alarm.js';

/** Tells the rows of a trail that the HSM vouches for from others. */
@Module({ imports: [MacModule], providers: [ProvePage, UnprovenAlarm], exports: [ProvePage] })
export class ProofModule {}
