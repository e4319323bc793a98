import { monotonicNow } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Rounds } from '../../lease/rounds.js';
import { CarryOut } from './carry-out.js';
import { OverdueAlarm } from './overdue-alarm.js';
import { type Planned, planName } from './planned.js';
import { PlanReader, type ReadPlan } from './read-plan.js';
import { TrailPlans } from './trail-plans.js';

/** Milliseconds. */
const times = {
  every: 60_000,
  /** How long after its date something is looked into. What is carried out in time is so within seconds. */
  late: 300_000,
  /** The most of a round in which tenants are listed. */
  listing: 10_000,
};
/** The most records that a round reads. */
const mostReads = 500;

/**
 * Finds what the audit trail plans and the database does not list as due: destructions and rotations. Their sealed records have
 * the dates, and each is read once unless it changes. What is late is carried out by its sealed record, whatever the database
 * lists, and raises the alarm if it is still late in the next round, or its record is hidden.
 */
@Injectable()
export class OverdueWatch extends Rounds {
  /** The dates that were read, by name, in milliseconds since the epoch. What is hidden has none and is looked for in each round. */
  private dates = new Map<string, number>();
  /** What was late in the round before. */
  private suspected: ReadonlySet<string> = new Set();

  constructor(
    private readonly plans: TrailPlans,
    private readonly reader: PlanReader,
    private readonly carryOut: CarryOut,
    private readonly alarm: OverdueAlarm,
    log: Logger,
  ) {
    super(times.every, 'search for what is overdue', log);
  }

  protected async round(): Promise<void> {
    await this.list();
    const late = await this.late();
    this.alarm.set(late.filter((one) => this.suspected.has(planName(one))));
    this.suspected = new Set(late.map(planName));
  }

  private async list(): Promise<void> {
    const from = monotonicNow();
    for (const tenantId of this.plans.stale()) {
      if (this.isStopped || monotonicNow() - from > times.listing) return;
      await this.attempt({ tenantId }, () => this.plans.list(tenantId));
    }
  }

  private async late(): Promise<readonly Planned[]> {
    const all = this.plans.all();
    const names = new Set(all.map(planName));
    this.dates = new Map([...this.dates].filter(([name]) => names.has(name)));
    // This process's clock decides only what is looked into.
    const toRead = all.filter((one) => (this.dates.get(planName(one)) ?? 0) + times.late <= Date.now());
    const late: Planned[] = [];
    for (const one of toRead.slice(0, mostReads)) {
      if (this.isStopped) return late;
      const { keyId } = one;
      await this.attempt({ keyId }, async () => {
        const read = await this.reader.read(one);
        if (!this.isLate(one, read)) return;
        late.push(one);
        if (typeof read === 'object') await this.carryOut.carryOut(one, read);
      });
    }
    return late;
  }

  private isLate(one: Planned, read: ReadPlan | 'over' | 'hidden'): boolean {
    if (read === 'hidden') return true;
    this.dates.set(planName(one), read === 'over' ? Number.POSITIVE_INFINITY : read.at);
    return read !== 'over' && read.mayBegin && read.at + times.late <= read.now;
  }

  private async attempt(about: object, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ ...about, reason: (error as Error).message }, 'cannot tell now whether something is overdue');
    }
  }
}
