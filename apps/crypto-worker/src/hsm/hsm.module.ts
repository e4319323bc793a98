import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { ExamineHsm } from './examine-hsm.js';
import { HsmController } from './hsm.controller.js';
import { TestTurn } from './test-turn.js';

/** What can be found out about the partition's HSM. */
@Module({ imports: [CustodyModule], controllers: [HsmController], providers: [ExamineHsm, TestTurn] })
export class HsmModule {}
