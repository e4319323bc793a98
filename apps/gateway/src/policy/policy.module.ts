import { Module } from '@nestjs/common';
import { RouteModule } from '../route/route.module.js';
import { historyRoutes } from './history.routes.js';
import { policyRoutes } from './policy.routes.js';

/** Serves a tenant's algorithm policy and its history. The policy service answers. */
@Module({ imports: [RouteModule.forDomain(policyRoutes, historyRoutes)] })
export class PolicyModule {}
