import { Module } from '@nestjs/common';
import { MacModule } from '../mac/mac.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { VerificationController } from './verification.controller.js';
import { VerifyTrail } from './verify-trail.js';

/** Proves stretches of a tenant's trail. */
@Module({
  imports: [MacModule, TrailModule],
  controllers: [VerificationController],
  providers: [VerifyTrail],
})
export class VerificationModule {}
