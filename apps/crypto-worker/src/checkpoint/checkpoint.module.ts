import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { CheckpointController } from './checkpoint.controller.js';
import { CheckpointKeys } from './checkpoint-key.js';
import { SignCheckpoint } from './sign-checkpoint.js';

/** The signatures of checkpoints. */
@Module({
  imports: [CustodyModule, PlatformKeyModule],
  controllers: [CheckpointController],
  providers: [CheckpointKeys, SignCheckpoint],
})
export class CheckpointModule {}
