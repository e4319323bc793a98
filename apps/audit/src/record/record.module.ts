import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { ReadHeads } from './read-heads.js';
import { RecordController } from './record.controller.js';

/** The history of the records that decide, derived from sealed events. */
@Module({ imports: [AnchorModule], controllers: [RecordController], providers: [ReadHeads], exports: [ReadHeads] })
export class RecordModule {}
