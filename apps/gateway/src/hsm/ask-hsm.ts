import {
  AnkaError,
  auditEvent,
  type Context,
  type Contract,
  type DoctorReport,
  type doctorReport,
  listPartitions,
  noSuchPartition,
  onRecord,
  partitionForm,
  surveyHsm,
  testHsm,
  tried,
} from '@ankasecure/contracts';
import { BusClient, Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';

type Details = Readonly<Record<string, string>>;

/** What an event tells of a report. */
const outcomeOf = ({ ok, stopped, keys }: DoctorReport): Details => ({
  ok: String(ok),
  stopped: String(stopped),
  tried: String(keys.filter(({ outcome }) => outcome === 'works' || outcome === 'fails').length),
  failed: String(keys.filter(({ outcome }) => outcome === 'fails').length),
});

/** Asks the workers of a partition about its HSM. Every call is on record before it is answered, and a test before it begins. */
@Injectable()
export class AskHsm {
  constructor(
    private readonly bus: BusClient,
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  survey(context: Context, partition: string): Promise<DoctorReport> {
    return this.recorded(context, 'hsm.survey', partition, () => this.ask(context, partition, surveyHsm, {}));
  }

  async test(context: Context, partition: string, quick: boolean): Promise<DoctorReport> {
    await this.record(context, 'hsm.test', null, { partition, step: 'begun' });
    return this.recorded(context, 'hsm.test', partition, () => this.ask(context, partition, testHsm, { quick }));
  }

  /**
   * The workers are asked first, so that a partition can be looked at while the policy service is down.
   * @throws AnkaError `partition-not-found`; as the workers
   */
  private async ask<Request extends z.ZodType>(
    context: Context,
    partition: string,
    contract: Contract<Request, typeof doctorReport>,
    body: z.input<Request>,
  ): Promise<DoctorReport> {
    if (!partitionForm.test(partition)) throw noSuchPartition(await this.partitions(context));
    try {
      return await this.bus.request(contract, partition, context, body);
    } catch (error) {
      if (!(error instanceof AnkaError) || error.code !== 'service-unavailable') throw error;
      const known = await tried(() => this.partitions(context));
      throw known.error === undefined && !known.result.includes(partition) ? noSuchPartition(known.result) : error;
    }
  }

  private async partitions(context: Context): Promise<readonly string[]> {
    return (await this.bus.request(listPartitions, '', context, {})).partitions;
  }

  private async recorded(
    context: Context,
    operation: string,
    partition: string,
    ask: () => Promise<DoctorReport>,
  ): Promise<DoctorReport> {
    try {
      const report = await ask();
      await this.record(context, operation, null, { partition, step: 'ended', ...outcomeOf(report) });
      return report;
    } catch (error) {
      if (!(error instanceof AnkaError) || error.code === 'audit-unavailable') throw error;
      await this.record(context, operation, error.code, { partition, step: 'ended' });
      throw onRecord(error);
    }
  }

  private async record(
    context: Context,
    operation: string,
    failureCode: AnkaError['code'] | null,
    details: Details,
  ): Promise<void> {
    const event = auditEvent(context, { operation, failureCode, details });
    await withTenant(this.dataSource, context.tenantId, (manager) => this.outbox.write(manager, [event]));
    this.outbox.committed(1);
  }
}
