import { Module } from '@nestjs/common';
import { CheckProofs } from './check-proofs.js';
import { ReporterKeys } from './reporter-keys.js';
import { TenantPartitions } from './tenant-partition.js';

/** Knows what each reporter may report, and which process wrote an event. */
@Module({ providers: [TenantPartitions, ReporterKeys, CheckProofs], exports: [TenantPartitions, CheckProofs] })
export class ReporterModule {}
