import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError } from '@ankasecure/contracts';
import { Logger, RecordAuthority, RecordHistory, recordProviders, WatchedDatabase } from '@ankasecure/service-kit';
import { Module, type OnModuleInit } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { AdoptRecords } from './adopt-records.js';
import { Adoption } from './adoption.js';
import { OwnRecords } from './own-records.js';
import { RecordController } from './record.controller.js';
import { RecordKey } from './record-key.js';
import { RecordMacs } from './record-macs.js';
import { WatchedKeys } from './watched-keys.js';

/** The pause before the token is asked again, in milliseconds. */
const pauseMs = 1_000;

/** The seals of records. `record-seals.md` says what they protect. */
@Module({
  imports: [CustodyModule],
  controllers: [RecordController],
  providers: [
    RecordKey,
    RecordMacs,
    Adoption,
    AdoptRecords,
    { provide: RecordAuthority, useClass: OwnRecords },
    ...recordProviders('crypto-worker'),
    { provide: WatchedDatabase, useClass: WatchedKeys },
  ],
  exports: [RecordHistory],
})
export class RecordModule implements OnModuleInit {
  constructor(
    private readonly adopter: AdoptRecords,
    private readonly log: Logger,
  ) {}

  /** The worker does not start without its record key, and not before older records are sealed. */
  async onModuleInit(): Promise<void> {
    while (!(await this.ready())) await delay(pauseMs);
  }

  /** @returns false if the token does not answer now. @throws RecordKeyRefused */
  private async ready(): Promise<boolean> {
    try {
      await this.adopter.run(this.log);
      return true;
    } catch (error) {
      if (!(error instanceof AnkaError && error.retryable)) throw error;
      this.log.warn({ reason: error.message }, 'cannot open the record key; trying again');
      return false;
    }
  }
}
