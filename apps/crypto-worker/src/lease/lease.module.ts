import { Module } from '@nestjs/common';
import { Lease } from './lease.js';

/** The worker's sign of life. */
@Module({ providers: [Lease], exports: [Lease] })
export class LeaseModule {}
