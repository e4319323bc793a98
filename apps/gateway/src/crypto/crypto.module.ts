import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { cryptoRoutes } from './crypto.routes.js';

/** Serves the uses of keys. The crypto-worker answers. */
@Module({ imports: [RouteModule.forDomain(cryptoRoutes)] })
export class CryptoModule {}
