import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { MacModule } from '../mac/mac.module.js';
import { ProofModule } from '../proof/proof.module.js';
import { IndexAlarm } from './index-alarm.js';
import { ProvenHeads } from './proven-heads.js';
import { ReadHeads } from './read-heads.js';
import { RecordController } from './record.controller.js';
import { RecordIndexes } from './record-indexes.js';

/** The history of the records that decide, derived from sealed events. */
@Module({
  imports: [AnchorModule, MacModule, ProofModule],
  controllers: [RecordController],
  providers: [IndexAlarm, ProvenHeads, ReadHeads, RecordIndexes],
  exports: [RecordIndexes],
})
export class RecordModule {}
