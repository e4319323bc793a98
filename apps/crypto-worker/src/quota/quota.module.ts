import { Module } from '@nestjs/common';
import { Quotas } from './quotas.js';

/** The limits on what tenants may do with the HSM. */
@Module({ providers: [Quotas], exports: [Quotas] })
export class QuotaModule {}
