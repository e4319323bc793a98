import { Module } from '@nestjs/common';
import { IdentityEpoch } from './identity-epoch.js';

@Module({ providers: [IdentityEpoch], exports: [IdentityEpoch] })
export class IdentityModule {}
