import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { aliasRoutes } from './alias.routes.js';
import { certificateRoutes } from './certificate.routes.js';
import { grantRoutes } from './grant.routes.js';
import { importRoutes } from './import.routes.js';
import { keyRoutes } from './key.routes.js';
import { keyDetailRoutes } from './key-detail.routes.js';
import { KeyInPath } from './key-in-path.js';
import { rotationPolicyRoutes } from './rotation-policy.routes.js';
import { transitionRoutes } from './transition.routes.js';
import { versionRoutes } from './version.routes.js';

/** Serves keys and their lifecycle: `POST /keys` is a row of `key.routes.ts`. The crypto-worker answers. */
@Module({
  imports: [
    RouteModule.forDomain(
      keyRoutes,
      grantRoutes,
      aliasRoutes,
      importRoutes,
      transitionRoutes,
      versionRoutes,
      rotationPolicyRoutes,
      keyDetailRoutes,
      certificateRoutes,
    ),
  ],
  providers: [KeyInPath],
  exports: [KeyInPath],
})
export class KeyModule {}
