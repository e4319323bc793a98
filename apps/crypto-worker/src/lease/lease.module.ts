import { Module } from '@nestjs/common';
import { Lease } from './lease.js';

/** The worker's lease, which shows that it is alive. */
@Module({ providers: [Lease], exports: [Lease] })
export class LeaseModule {}
