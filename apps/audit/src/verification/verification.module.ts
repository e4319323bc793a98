import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { MacModule } from '../mac/mac.module.js';
import { RecordModule } from '../record/record.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { ProveTrails } from './prove-trails.js';
import { TrailAnchorCheck } from './trail-anchor-check.js';
import { VerificationController } from './verification.controller.js';
import { VerifyTrail } from './verify-trail.js';

/** Proves stretches of a tenant's trail. */
@Module({
  imports: [AnchorModule, MacModule, RecordModule, TrailModule],
  controllers: [VerificationController],
  providers: [VerifyTrail, TrailAnchorCheck, ProveTrails],
  exports: [ProveTrails],
})
export class VerificationModule {}
