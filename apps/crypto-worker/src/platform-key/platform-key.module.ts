import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { ObjectModule } from '../object/object.module.js';
import { LostKeys } from './lost-key.js';
import { PlatformKeys } from './platform-key.js';
import { UnrecordedKeys } from './unrecorded-key.js';

/** The keys in the HSM that serve a tenant and are not its own keys. */
@Module({
  imports: [CustodyModule, ObjectModule],
  providers: [UnrecordedKeys, PlatformKeys, LostKeys],
  exports: [PlatformKeys, LostKeys],
})
export class PlatformKeyModule {}
