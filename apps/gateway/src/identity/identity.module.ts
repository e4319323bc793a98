import { Module } from '@nestjs/common';
import { ExcludedSubjects } from './excluded-subjects.js';
import { IdentityEpoch } from './identity-epoch.js';

@Module({ providers: [ExcludedSubjects, IdentityEpoch], exports: [ExcludedSubjects, IdentityEpoch] })
export class IdentityModule {}
