import { activeVerdict, certificateWarnMs, endOfCertificate } from '@ankasecure/policy-rules';
import { Clock, Health, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { Rounds } from '../lease/rounds.js';
import { CertifiedModule } from './certified-module.js';

const everyMs = 60_000;

/** Warns ahead of the day on which the certificate of this HSM becomes historical: by a metric, and once in the log. */
@Injectable()
export class CertificateWatch extends Rounds {
  private told: 'nothing' | 'ends' | 'ended' = 'nothing';

  constructor(
    private readonly module: CertifiedModule,
    private readonly clock: Clock,
    health: Health,
    log: Logger,
  ) {
    super(everyMs, 'looking at the certificate of the HSM', log);
    meterCertificate(module, health.registry);
  }

  protected round(): Promise<void> {
    const module = this.module.get();
    const end = endOfCertificate(module);
    const now = this.clock.now();
    if (end === undefined || now < end - certificateWarnMs) return Promise.resolve();
    const state = now < end ? 'ends' : 'ended';
    if (state === this.told) return Promise.resolve();
    this.told = state;
    const { certificate, sunset } = module.certificate ?? {};
    const fields = { alarm: 'certificate-ends', certificate, sunset, reason: activeVerdict(module, now).reason };
    if (state === 'ends') this.log.warn(fields, 'the certificate of this HSM will be historical');
    else
      this.log.error(
        fields,
        'the certificate of this HSM is historical: policies with fipsOnly module refuse every use',
      );
    return Promise.resolve();
  }
}

const meterCertificate = (module: CertifiedModule, registry: Registry): void => {
  const gauge: Gauge<'certificate'> = new Gauge({
    name: 'ankasecure_hsm_certificate_sunset_timestamp_seconds',
    help: 'When the configured CMVP certificate of the HSM becomes historical, in seconds since the epoch',
    labelNames: ['certificate'],
    registers: [registry],
    collect: () => {
      const seen = module.get();
      const end = endOfCertificate(seen);
      gauge.reset();
      if (end !== undefined) gauge.set({ certificate: seen.certificate?.certificate ?? '' }, end / 1000);
    },
  });
};
