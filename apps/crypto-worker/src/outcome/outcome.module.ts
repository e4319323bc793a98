import { Module } from '@nestjs/common';
import { KeyModule } from '../key/key.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { KeyActionRunner } from './key-action.js';
import { KeyMakingRunner } from './key-making.js';

/** Runs actions on keys, records how they end, and answers their dry runs. */
@Module({
  imports: [KeyModule, PolicyModule],
  providers: [KeyActionRunner, KeyMakingRunner],
  exports: [KeyActionRunner, KeyMakingRunner],
})
export class OutcomeModule {}
