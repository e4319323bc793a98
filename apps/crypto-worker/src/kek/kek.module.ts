import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { LeaseModule } from '../lease/lease.module.js';
import { ObjectModule } from '../object/object.module.js';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { PlatformKeyModule } from '../platform-key/platform-key.module.js';
import { KekController } from './kek.controller.js';
import { ReadKek } from './read-kek.js';
import { DestroyRetiredKeks, DueKeks } from './retirement/destroy-retired-kek.js';
import { RetireOldKeks } from './retirement/retire-old-kek.js';
import { VersionsOnRecord } from './retirement/versions-on-record.js';
import { RewrapKeys } from './rewrap-keys.js';
import { RewrapPage } from './rewrap-page.js';
import { RotateKek } from './rotate-kek.js';
import { OpenRotations } from './rotation/open-rotation.js';

/** The KEKs of tenants, and their rotation. */
@Module({
  imports: [CustodyModule, LeaseModule, ObjectModule, OutcomeModule, PlatformKeyModule],
  controllers: [KekController],
  providers: [
    ReadKek,
    RotateKek,
    OpenRotations,
    RewrapPage,
    RetireOldKeks,
    RewrapKeys,
    VersionsOnRecord,
    DueKeks,
    DestroyRetiredKeks,
  ],
})
export class KekModule {}
