import type { ModuleCertificate } from '@ankasecure/policy-rules';
import { Clock, Health } from '@ankasecure/service-kit';
import { listeningLogger } from '@ankasecure/testing';
import { describe, expect, it } from 'vitest';
import { CertificateWatch } from './certificate-watch.js';
import { CertifiedModule } from './certified-module.js';
import type { Custody } from './custody.js';
import { Partition, pkcs11Section } from './partition.js';

class Watch extends CertificateWatch {
  look(): Promise<void> {
    return this.round();
  }
}

const certificate = { certificate: '5450', standard: 'FIPS 140-3', status: 'Active' };
const whole = { ...certificate, firmware: ['7.9'], sunset: '2031-07-28', asOf: '2026-11-01' };
const sunset = Date.parse('2031-07-28T00:00:00Z');
const day = 86_400_000;

const watching = (cmvp: ModuleCertificate | undefined) => {
  const partition = new Partition('default', pkcs11Section.parse({ libraryPath: 'none', pin: 'none', cmvp }));
  const time = { now: 0 };
  const clock = Object.assign(new Clock({ maximumSkewMs: 2_000 }), { now: () => time.now });
  const health = new Health('crypto-worker');
  const logger = listeningLogger();
  const certified = new CertifiedModule(partition, { token: { firmware: '7.9' } } as Custody);
  const watch = new Watch(certified, clock, health, logger as never);
  const lookAt = async (now: number): Promise<readonly string[]> => {
    time.now = now;
    await watch.look();
    return logger.lines.splice(0).map(({ level, fields }) => `${level} ${(fields as { alarm: string }).alarm}`);
  };
  const shown = async (): Promise<readonly string[]> =>
    (await health.registry.metrics()).split('\n').filter((line) => line.startsWith('ankasecure_hsm_certificate'));
  return { lookAt, shown };
};

describe('the certificate of an HSM', () => {
  it('is told of once half a year before its sunset, and once when it is historical', async () => {
    const { lookAt } = watching(whole);
    expect(await lookAt(sunset - 183 * day)).toEqual([]);
    expect(await lookAt(sunset - 182 * day)).toEqual(['warn certificate-ends']);
    expect(await lookAt(sunset - day)).toEqual([]);
    expect(await lookAt(sunset)).toEqual(['error certificate-ends']);
    expect(await lookAt(sunset + day)).toEqual([]);
  });

  it('has a metric with the time of its sunset', async () => {
    const { shown } = watching(whole);
    const line = `ankasecure_hsm_certificate_sunset_timestamp_seconds{certificate="5450",service="crypto-worker"} ${sunset / 1000}`;
    expect(await shown()).toEqual([line]);
  });

  it.each([
    ['not configured', undefined],
    ['configured without a sunset', certificate],
  ])('is not told of where it is %s', async (_, cmvp) => {
    const { lookAt, shown } = watching(cmvp);
    expect(await lookAt(sunset)).toEqual([]);
    expect(await shown()).toEqual([]);
  });
});
