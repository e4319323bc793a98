import { SealTrail } from '../event/seal-trail.js';
import { MacSource } from '../mac/mac-source.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { reportedEventOf } from '../reporter/reported-event.js';
import { contextOf, eventsOf, type RunningAudit } from './running-audit.js';

/**
 * A trail of which the database's owner keeps several branches, and shows one at a time. Every event and seal of each is genuine: the
 * owner has copied the batches of a branch out before they let the commits fail.
 */
export class BranchedTrail {
  private branches = 0;

  constructor(
    private readonly audit: RunningAudit,
    private readonly tenantId: string,
  ) {}

  /** Keeps the trail as it is now. @returns its name */
  async keep(): Promise<string> {
    const name = `branch_${this.tenantId.replaceAll('-', '')}_${this.branches++}`;
    await this.audit.tamper(`CREATE TABLE ${name} AS SELECT * FROM sealed_event WHERE ${this.where}`);
    return name;
  }

  /** Shows a trail that was kept. */
  async show(name: string): Promise<void> {
    await this.audit.tamper(
      `DELETE FROM sealed_event WHERE ${this.where}; INSERT INTO sealed_event SELECT * FROM ${name}`,
    );
    await this.headAtLast();
  }

  /** Makes a branch that leaves the trail after the event `cut` and ends with the event `end`, and shows it. @returns its name */
  async branch(cut: number, end: number): Promise<string> {
    await this.audit.tamper(`DELETE FROM sealed_event WHERE ${this.where} AND seq > ${cut}`);
    await this.headAtLast();
    for (let seq = cut + 1; seq <= end; seq++) await this.lengthen();
    return this.keep();
  }

  /** Seals an event on whatever the trail is, as a process that believes it. */
  private async lengthen(): Promise<void> {
    const app = this.audit.instances[0]?.app;
    if (app === undefined) throw new Error('no process');
    const context = contextOf(this.tenantId);
    const source = { reporter: 'crypto-worker', partition: 'default' } as const;
    const events = eventsOf(this.tenantId, 1).map((event) => reportedEventOf(source, event));
    const macs = await app.get(MacSource).compute(
      context,
      null,
      events.map(({ canonical }) => canonical),
    );
    const authenticated = events.flatMap((event, index) =>
      macs[index] === undefined ? [] : [{ ...event, ...macs[index] }],
    );
    await app.get(SealTrail).sealAnyway(context, authenticated, app.get(RecordIndexes));
  }

  private headAtLast(): Promise<unknown> {
    return this.audit.tamper(`UPDATE trail_head h SET seq = e.seq, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
      WHERE h.${this.where} AND e.${this.where} AND e.seq = (SELECT max(seq) FROM sealed_event WHERE ${this.where})`);
  }

  private get where(): string {
    return `tenant_id = '${this.tenantId}'`;
  }
}
