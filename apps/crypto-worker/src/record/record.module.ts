import {
  Logger,
  RecordAuthority,
  RecordHistory,
  recordProviders,
  untilAnswered,
  WatchedDatabase,
} from '@ankasecure/service-kit';
import { Module, type OnModuleInit } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { AdoptRecords } from './adopt-records.js';
import { Adoption } from './adoption.js';
import { OlderRecords } from './older-records.js';
import { OutboxController } from './outbox.controller.js';
import { OwnRecords } from './own-records.js';
import { RecordController } from './record.controller.js';
import { RecordKey } from './record-key.js';
import { RecordMacs } from './record-macs.js';
import { TokenPartition } from './token-partition.js';
import { WatchedKeys } from './watched-keys.js';

/** The seals of records. `record-seals.md` says what they protect. */
@Module({
  imports: [CustodyModule],
  controllers: [RecordController, OutboxController],
  providers: [
    RecordKey,
    RecordMacs,
    Adoption,
    TokenPartition,
    OlderRecords,
    AdoptRecords,
    { provide: RecordAuthority, useClass: OwnRecords },
    ...recordProviders('crypto-worker'),
    { provide: WatchedDatabase, useClass: WatchedKeys },
  ],
  exports: [RecordHistory],
})
export class RecordModule implements OnModuleInit {
  constructor(
    private readonly token: TokenPartition,
    private readonly adopter: AdoptRecords,
    private readonly log: Logger,
  ) {}

  /**
   * The worker does not start on another partition's token, without its record key, and before older records are sealed.
   * @throws StartFailure; RecordKeyRefused
   */
  async onModuleInit(): Promise<void> {
    await untilAnswered(() => this.token.claim(), this.log, 'cannot find out whose token it is');
    await untilAnswered(() => this.adopter.run(this.log), this.log, 'cannot open the record key');
  }
}
