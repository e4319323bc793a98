import { InProcessServer } from '@ankasecure/service-kit';
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ServiceRequest } from './service-request.js';

/** The way from a route to the service that answers it. */
@Module({
  imports: [IdentityModule],
  providers: [ServiceRequest, InProcessServer],
  exports: [ServiceRequest, InProcessServer],
})
export class ServiceRequestModule {}
