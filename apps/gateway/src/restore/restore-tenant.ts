import {
  type Context,
  type DryRun,
  maxRestored,
  type RestoredRecord,
  type RestoreReport,
  restoreTenant,
} from '@ankasecure/contracts';
import { BusClient, isDryRun } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { RestoreRecords } from './restore-records.js';

/** Brings a tenant's restored databases up to date: the gateway's records first, then those of the other services. */
@Injectable()
export class RestoreTenant {
  constructor(
    private readonly own: RestoreRecords,
    private readonly bus: BusClient,
  ) {}

  /** @throws AnkaError as `restoreTenant`, unless it is a dry run */
  async restore(context: Context, request: z.infer<typeof restoreTenant.request>): Promise<RestoreReport | DryRun> {
    const records = await this.own.restore(context);
    const told: RestoreReport | DryRun = await this.bus.request(restoreTenant, '', context, request);
    if (!isDryRun(told)) return withRecords(told, records);
    const { restored } = told;
    return restored === undefined ? told : { ...told, restored: withRecords(restored, records) };
  }
}

/** The report of the other services, with the gateway's records in front. */
const withRecords = <Report extends Omit<RestoreReport, 'tenantId'>>(
  report: Report,
  own: readonly RestoredRecord[],
): Report => {
  const counts = { ...report.counts };
  for (const { outcome } of own) counts[outcome]++;
  return { ...report, counts, records: [...own, ...report.records].slice(0, maxRestored) };
};
