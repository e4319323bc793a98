import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { LeaseModule } from '../lease/lease.module.js';
import { ObjectModule } from '../object/object.module.js';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { DestroyRetiredKeks, DueKeks } from './destroy-retired-kek.js';
import { KekController } from './kek.controller.js';
import { OpenRotations } from './open-rotation.js';
import { ReadKek } from './read-kek.js';
import { RetireOldKeks } from './retire-old-kek.js';
import { RewrapKeys } from './rewrap-keys.js';
import { RewrapPage } from './rewrap-page.js';
import { RotateKek } from './rotate-kek.js';

/** The KEKs of tenants, and their rotation. */
@Module({
  imports: [CustodyModule, LeaseModule, ObjectModule, OutcomeModule, PlatformKeyModule],
  controllers: [KekController],
  providers: [ReadKek, RotateKek, OpenRotations, RewrapPage, RetireOldKeks, RewrapKeys, DueKeks, DestroyRetiredKeks],
})
export class KekModule {}
