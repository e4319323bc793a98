import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** Reports that an issuer's keys cannot be fetched, with one log line and a gauge. Requests continue with the last known keys. */
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
