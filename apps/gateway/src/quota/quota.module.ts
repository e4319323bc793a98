import { Module } from '@nestjs/common';
import { SweepModule } from '../sweep/sweep.module.js';
import { TenantQuota } from './tenant-quota.js';

@Module({ imports: [SweepModule], providers: [TenantQuota], exports: [TenantQuota] })
export class QuotaModule {}
