import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { AccessTokenController } from './access-token.controller.js';
import { SignToken } from './sign-token.js';

/** The access tokens of service accounts. */
@Module({
  imports: [CustodyModule, PlatformKeyModule, PolicyModule],
  controllers: [AccessTokenController],
  providers: [SignToken],
})
export class AccessTokenModule {}
