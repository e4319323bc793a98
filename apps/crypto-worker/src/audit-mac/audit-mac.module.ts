import { OutboxProof } from '@ankasecure/service-kit';
import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { AuditMacController } from './audit-mac.controller.js';
import { ComputeMac } from './compute-mac.js';
import { OwnMacs } from './own-mac.js';

/** The MACs of sealed audit events. */
@Module({
  imports: [CustodyModule, PlatformKeyModule],
  controllers: [AuditMacController],
  providers: [ComputeMac, OwnMacs],
})
export class AuditMacModule {
  constructor(proof: OutboxProof, macs: OwnMacs) {
    proof.macs = macs;
  }
}
