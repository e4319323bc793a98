import { Module } from '@nestjs/common';
import { ConfiguredIssuers } from './configured-issuers.js';
import { KeyOutage } from './key-outage.js';

@Module({ providers: [ConfiguredIssuers, KeyOutage], exports: [ConfiguredIssuers] })
export class AuthModule {}
