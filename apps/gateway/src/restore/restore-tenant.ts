import {
  type Context,
  type DryRun,
  dryRun,
  maxRestored,
  type RestoredRecord,
  type RestoreReport,
  restoreTenant,
} from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { RestoreRecords } from './restore-records.js';

/** The contract as a dry run answers it. */
const foreseen = { ...restoreTenant, reply: dryRun };

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
    if (context.dryRun !== true)
      return withRecords(await this.bus.request(restoreTenant, '', context, request), records);
    const { restored, ...verdict } = await this.bus.request(foreseen, '', context, request);
    return { ...verdict, ...(restored !== undefined && { restored: withRecords(restored, records) }) };
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
