import { InProcessServer } from '@ankasecure/service-kit';
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ServiceRequest } from './service-request.js';

/** Sends routes' requests to the services that answer them. */
@Module({
  imports: [IdentityModule],
  providers: [ServiceRequest, InProcessServer],
  exports: [ServiceRequest, InProcessServer],
})
export class ServiceRequestModule {}
