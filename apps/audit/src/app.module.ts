import { ConfigModule, CursorSeal, provided } from '@ankasecure/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { AcceptanceModule } from './acceptance/acceptance.module.js';
import { CheckpointConfig } from './checkpoint/checkpoint.config.js';
import { CheckpointModule } from './checkpoint/checkpoint.module.js';
import type { AuditConfig } from './config.js';
import { ConnectorConfig } from './connector/connector.config.js';
import { ConnectorModule } from './connector/connector.module.js';
import { EventModule } from './event/event.module.js';
import { IntakeModule } from './intake/intake.module.js';
import { ListingModule } from './listing/listing.module.js';
import { MacConfig } from './mac/mac.config.js';
import { RecordModule } from './record/record.module.js';
import { VerificationModule } from './verification/verification.module.js';

/** The audit service: seals events, reads them and proves the trail. */
@Module({})
export class AppModule {
  static of(config: AuditConfig): DynamicModule {
    const sections = ConfigModule.of(
      provided(MacConfig, config),
      provided(CheckpointConfig, config.checkpoints),
      provided(ConnectorConfig, config.connectors),
      provided(CursorSeal, new CursorSeal(config.cursorSecret)),
    );
    return {
      module: AppModule,
      imports: [
        sections,
        EventModule,
        IntakeModule,
        ListingModule,
        RecordModule,
        VerificationModule,
        AcceptanceModule,
        CheckpointModule,
        ConnectorModule,
      ],
    };
  }
}
