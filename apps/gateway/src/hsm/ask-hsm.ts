import {
  AnkaError,
  auditEvent,
  type Context,
  type DoctorReport,
  onRecord,
  surveyHsm,
  testHsm,
} from '@ankasecure/contracts';
import { BusClient, Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

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
    return this.recorded(context, 'hsm.survey', partition, () => this.bus.request(surveyHsm, partition, context, {}));
  }

  async test(context: Context, partition: string, quick: boolean): Promise<DoctorReport> {
    await this.record(context, 'hsm.test', null, { partition, step: 'begun' });
    return this.recorded(context, 'hsm.test', partition, () =>
      this.bus.request(testHsm, partition, context, { quick }),
    );
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
