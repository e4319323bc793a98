import { type Context, getPolicy, type Policy } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';

/** The policy that decides whether an action of the gateway itself takes two people. */
@Injectable()
export class PolicyInForce {
  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError where the policy service is away: an action is not allowed while its policy cannot be read */
  of({ tenantId, principal, correlationId, deadline }: Context): Promise<Pick<Policy, 'dualControl'>> {
    return this.bus.request(getPolicy, '', { tenantId, principal, correlationId, deadline }, {});
  }
}
