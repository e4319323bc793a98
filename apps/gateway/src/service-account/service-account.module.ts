import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { RouteModule } from '../route/route.module.js';
import { ServiceAccountController } from './service-account.controller.js';
import { serviceAccountRoutes } from './service-account.routes.js';
import { ServiceAccounts } from './service-accounts.js';

/** Serves tenants' applications. The gateway owns them. */
@Module({
  imports: [RouteModule.forDomain(serviceAccountRoutes), IdentityModule],
  controllers: [ServiceAccountController],
  providers: [ServiceAccounts],
  exports: [ServiceAccounts],
})
export class ServiceAccountModule {}
