import type { Context } from '@ankasecure/contracts';
import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { Outbox } from './outbox.js';

/** Admits a request while its tenant's share of the outbox has room for its outcome. */
@Injectable()
export class OutboxRoomGuard implements CanActivate {
  constructor(private readonly outbox: Outbox) {}

  /** @throws AnkaError `audit-unavailable` */
  canActivate(execution: ExecutionContext): true {
    this.outbox.assertRoom(execution.switchToRpc().getContext<Context>().tenantId);
    return true;
  }
}

/** The method runs only while the outbox has room for its outcome. Otherwise it is refused with `audit-unavailable`. */
export const RequiresOutboxRoom = (): MethodDecorator => UseGuards(OutboxRoomGuard);
