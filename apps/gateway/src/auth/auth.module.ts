import { Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ConfiguredIssuers } from './configured-issuers.js';
import { KeyOutage } from './key-outage.js';

@Module({ imports: [OutboundModule], providers: [ConfiguredIssuers, KeyOutage], exports: [ConfiguredIssuers] })
export class AuthModule {}
