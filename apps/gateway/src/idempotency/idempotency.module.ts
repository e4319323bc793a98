import { Module } from '@nestjs/common';
import { SweepModule } from '../sweep/sweep.module.js';
import { Sweeper } from '../sweep/sweeper.js';
import { Idempotency } from './idempotency.js';

@Module({ imports: [SweepModule], providers: [Idempotency], exports: [Idempotency] })
export class IdempotencyModule {
  constructor(sweeper: Sweeper, idempotency: Idempotency) {
    sweeper.add('expired idempotency records', () => idempotency.removeExpired());
  }
}
