import { announcedSubject } from '@ankasecure/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../logging/logger.js';
import type { BusRole } from './refusal.js';

/**
 * What a process tells the other processes of its service, and of its partition, without an answer. The one exception to the rule
 * that every message is a request: nothing depends on it, and what is lost is found by the comparison of each minute, or at once
 * after the connection was lost.
 */
export class Announcements {
  /** Undefined for a service that announces nothing. */
  private readonly subject: string | undefined;
  private readonly returned: (() => void)[] = [];

  constructor(
    { service, partition }: BusRole,
    private readonly connection: Pick<NatsConnection, 'isClosed' | 'publish'>,
    private readonly log: Pick<Logger, 'warn'>,
    /** Keeps a subscription up. */
    private readonly keepUp: (subject: string, receive: (data: Uint8Array) => void) => void,
  ) {
    this.subject = announcedSubject(service, partition ?? '');
  }

  /** Tells all other processes: those that are connected when this one is. It is not sent again if it is lost. */
  tell(data: Uint8Array): void {
    if (this.subject === undefined || this.connection.isClosed()) return;
    try {
      this.connection.publish(this.subject, data);
    } catch (error) {
      this.log.warn(
        { reason: (error as Error).message },
        'cannot announce what has changed: others find it within a minute',
      );
    }
  }

  /**
   * @param receive also gets what this process tells
   * @param returned is called when the connection was lost and is there again: announcements were missed meanwhile
   */
  hear(receive: (data: Uint8Array) => void, returned: () => void): void {
    if (this.subject === undefined) return;
    this.keepUp(this.subject, receive);
    this.returned.push(returned);
  }

  reconnected(): void {
    for (const one of this.returned) one();
  }
}
