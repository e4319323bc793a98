import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyModule } from '../key/key.module.js';
import { ObjectModule } from '../object/object.module.js';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { CreateKey } from './create-key.js';
import { ImportKey } from './import-key.js';
import { KeyRoom } from './key-room.js';
import { VersionMaker } from './make-version.js';
import { MakingController } from './making.controller.js';
import { RotateKey } from './rotate-key.js';

/** Makes keys and new versions of keys. */
@Module({
  imports: [CustodyModule, KeyModule, ObjectModule, OutcomeModule, PlatformKeyModule, PolicyModule, QuotaModule],
  controllers: [MakingController],
  providers: [VersionMaker, KeyRoom, CreateKey, ImportKey, RotateKey],
  exports: [RotateKey],
})
export class MakingModule {}
