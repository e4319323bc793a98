import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** Makes it known that an issuer's keys cannot be fetched: one line and a gauge, for the requests go on with the last known keys. */
@Injectable()
export class KeyOutage {
  private readonly gauge: Gauge<'issuer'>;

  constructor(
    private readonly log: Logger,
    registry: Registry,
  ) {
    this.gauge = new Gauge({
      name: 'ankasecure_issuer_keys_away',
      help: '1 while the keys of the issuer cannot be fetched; the last known serve for 12 hours',
      labelNames: ['issuer'],
      registers: [registry],
    });
  }

  begin(issuer: string, reason: Error): void {
    this.gauge.labels({ issuer }).set(1);
    this.log.warn({ issuer, reason: reason.message }, 'cannot fetch the keys of an issuer');
  }

  end(issuer: string): void {
    this.gauge.labels({ issuer }).set(0);
    this.log.info({ issuer }, 'fetched the keys of an issuer again');
  }
}
