import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { EventModule } from '../event/event.module.js';
import { RecordModule } from '../record/record.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { AcceptTrails } from './accept-trails.js';
import { AcceptanceController } from './acceptance.controller.js';

/** Accepts the trails of a restored database. */
@Module({
  imports: [AnchorModule, EventModule, RecordModule, VerificationModule],
  controllers: [AcceptanceController],
  providers: [AcceptTrails],
})
export class AcceptanceModule {}
