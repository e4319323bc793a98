import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { aliasRoutes } from './alias.routes.js';
import { grantRoutes } from './grant.routes.js';
import { importRoutes } from './import.routes.js';
import { keyRoutes } from './key.routes.js';
import { lifecycleRoutes } from './lifecycle.routes.js';

/** Keys and what happens to them: `POST /keys` is a row of `key.routes.ts`. The crypto-worker answers. */
@Module({
  imports: [RouteModule.forDomain(keyRoutes, grantRoutes, aliasRoutes, importRoutes, lifecycleRoutes)],
})
export class KeyModule {}
