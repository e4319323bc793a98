import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { AnchorController } from './anchor.controller.js';
import { TrailAnchors } from './trail-anchor.js';

/** The anchor of the audit trails in the token. */
@Module({ imports: [CustodyModule], controllers: [AnchorController], providers: [TrailAnchors] })
export class AnchorModule {}
