import { Module } from '@nestjs/common';
import { TenantPartitions } from './tenant-partition.js';

/** Knows what each reporter may report. */
@Module({ providers: [TenantPartitions], exports: [TenantPartitions] })
export class ReporterModule {}
