import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { Outbox } from './outbox.js';

/** Admits a request while the outbox has room for its outcome. */
@Injectable()
export class OutboxRoomGuard implements CanActivate {
  constructor(private readonly outbox: Outbox) {}

  /** @throws AnkaError `audit-unavailable` */
  canActivate(): true {
    this.outbox.assertRoom();
    return true;
  }
}

/** The method runs only while the outbox has room for its outcome. Otherwise it is refused with `audit-unavailable`. */
export const RequiresOutboxRoom = (): MethodDecorator => UseGuards(OutboxRoomGuard);
