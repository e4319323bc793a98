import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { AskHsm } from './ask-hsm.js';
import { HsmController } from './hsm.controller.js';
import { hsmRoutes } from './hsm.routes.js';

/** The HSMs of the partitions, for the administrators of the platform. */
@Module({ imports: [RouteModule.forDomain(hsmRoutes)], controllers: [HsmController], providers: [AskHsm] })
export class HsmModule {}
