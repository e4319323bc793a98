import { type Context, getPolicy, type Policy } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** Reads the policy that decides whether an action of the gateway itself needs two people. */
@Injectable()
export class PolicyInForce {
  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError when the policy service is unavailable: no action is allowed while its policy cannot be read */
  of({ tenantId, principal, correlationId, deadline }: Context): Promise<Pick<Policy, 'dualControl'>> {
    return this.bus.request(getPolicy, '', { tenantId, principal, correlationId, deadline }, {});
  }
}
