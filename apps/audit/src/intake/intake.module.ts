import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { EventModule } from '../event/event.module.js';
import { ReporterModule } from '../reporter/reporter.module.js';
import { FindUnsealed } from './find-unsealed.js';
import { ReceiveEvents } from './receive-events.js';
import { RefusedProofs } from './refused-proofs.js';
import { ReportController } from './report.controller.js';

/** Receives what services report, and has it sealed if it is theirs. */
@Module({
  imports: [AnchorModule, EventModule, ReporterModule],
  controllers: [ReportController],
  providers: [ReceiveEvents, RefusedProofs, FindUnsealed],
})
export class IntakeModule {}
