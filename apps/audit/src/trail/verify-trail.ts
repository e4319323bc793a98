import { type ChainFault, type ChainHead, type ChainRow, ChainVerification } from '@ankasecure/audit-event';
import { AnkaError, type Context, type verifyTrail } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { MacSource } from '../event/mac.js';
import { chainRowOf, type SealedRow } from '../event/sealed-row.js';

type Range = z.infer<typeof verifyTrail.request>;
type Verification = z.infer<typeof verifyTrail.reply>;
type Fault = Pick<Verification, 'reason'> & { readonly seq: number };

const chunkRows = 1000;
/** Kept of the caller's time for the answer, in milliseconds. */
const reserveMs = 500;
/** Each holds a connection and a snapshot. */
const maxAtOnce = 2;

/** What the worker says of a MAC key that is none of the tenant's: no MAC can hold under it. */
const noSuchKey: readonly string[] = ['request-invalid', 'key-not-found', 'tenant-unknown'];

/** Proves a stretch of a tenant's trail, or names the first sequence number that does not hold. */
export class VerifyTrail {
  private running = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
  ) {}

  /**
   * Reads the rows in one snapshot and recomputes everything from their columns: canonical bytes, leaf hashes, chain,
   * gaps, MACs, and where the range reaches the end, the trail's head. A range that goes beyond the head is not there:
   * `tail-missing`.
   * @throws AnkaError `deadline-exceeded` with the last seq that was checked; `service-unavailable` when no worker is there for the MACs, or too many verifications run
   */
  async verify(context: Context, { fromSeq = 1, untilSeq }: Range): Promise<Verification> {
    if (untilSeq !== undefined && untilSeq < fromSeq)
      throw new AnkaError('request-invalid', 'untilSeq: at least fromSeq is expected');
    if (this.running >= maxAtOnce)
      throw new AnkaError('service-unavailable', 'Other verifications are running; try again');
    this.running++;
    try {
      return await withTenant(
        this.dataSource,
        context.tenantId,
        (manager) => new Run(manager, this.macs, context, fromSeq, untilSeq).run(),
        'REPEATABLE READ',
      );
    } finally {
      this.running--;
    }
  }
}

class Run {
  constructor(
    private readonly manager: EntityManager,
    private readonly macs: MacSource,
    private readonly context: Context,
    private readonly fromSeq: number,
    private readonly untilSeq: number | undefined,
  ) {}

  async run(): Promise<Verification> {
    const { fromSeq, untilSeq } = this;
    const head = await this.head();
    const reachesHead = untilSeq === undefined || untilSeq >= head.seq;
    const chain = await this.start();
    const fault = chain === undefined ? this.nothingBefore(head) : await this.walk(chain, head);
    return {
      valid: fault === undefined,
      checked: (fault === undefined ? (chain?.verified ?? 0) : Math.max(fault.seq, fromSeq) - 1) - (fromSeq - 1),
      fromSeq,
      untilSeq: untilSeq ?? head.seq,
      firstBadSeq: fault?.seq ?? null,
      reason: fault?.reason ?? null,
      headHash: reachesHead && head.seq > 0 ? Buffer.from(head.hash).toString('base64url') : null,
    };
  }

  private async head(): Promise<ChainHead> {
    const [row] = await this.manager.query<{ seq: string; hash: Buffer }[]>(
      'SELECT seq, hash FROM trail_head WHERE tenant_id = $1',
      [this.context.tenantId],
    );
    return row === undefined ? { seq: 0, hash: Buffer.of() } : { seq: Number(row.seq), hash: row.hash };
  }

  /** The chain at the start of the range; nothing when the row before it is not there. */
  private async start(): Promise<ChainVerification | undefined> {
    const { tenantId } = this.context;
    if (this.fromSeq === 1) return new ChainVerification(tenantId);
    const [before] = await this.manager.query<{ hash: Buffer }[]>(
      'SELECT hash FROM sealed_event WHERE tenant_id = $1 AND seq = $2',
      [tenantId, this.fromSeq - 1],
    );
    return before && new ChainVerification(tenantId, { seq: this.fromSeq, previousHash: before.hash });
  }

  private nothingBefore(head: ChainHead): Fault {
    const before = this.fromSeq - 1;
    return before > head.seq ? { seq: head.seq + 1, reason: 'tail-missing' } : { seq: before, reason: 'missing' };
  }

  private async walk(chain: ChainVerification, head: ChainHead): Promise<Fault | undefined> {
    await this.open();
    for (;;) {
      const rows = await this.manager.query<SealedRow[]>(`FETCH ${chunkRows} FROM trail`);
      const sound: ChainRow[] = [];
      for (const row of rows.map(chainRowOf)) {
        if (chain.feed(row) !== undefined) break;
        sound.push(row);
      }
      const forged = await this.forged(sound);
      if (forged !== undefined) return { seq: forged, reason: 'hmac-mismatch' };
      if (chain.fault !== undefined) return chain.fault;
      if (rows.length < chunkRows) return this.end(chain, head);
      if (Date.now() > this.context.deadline - reserveMs)
        throw new AnkaError(
          'deadline-exceeded',
          `${this.fromSeq} to ${chain.verified} holds; verify the rest from there, in smaller ranges`,
        );
    }
  }

  private async open(): Promise<void> {
    await this.manager.query(
      `DECLARE trail NO SCROLL CURSOR FOR SELECT * FROM sealed_event
       WHERE tenant_id = $1 AND seq >= $2 AND ($3::bigint IS NULL OR seq <= $3) ORDER BY seq`,
      [this.context.tenantId, this.fromSeq, this.untilSeq ?? null],
    );
  }

  private end(chain: ChainVerification, head: ChainHead): ChainFault | undefined {
    const { untilSeq } = this;
    if (untilSeq === undefined || untilSeq === head.seq) return chain.finish(head);
    if (untilSeq > head.seq) return chain.finish({ seq: untilSeq, hash: head.hash });
    return chain.verified < untilSeq ? { seq: chain.verified + 1, reason: 'missing' } : undefined;
  }

  /** The first row whose MAC is not what the tenant's key makes of it. */
  private async forged(rows: readonly ChainRow[]): Promise<number | undefined> {
    const byKey = Map.groupBy(rows, ({ macKeyId }) => macKeyId);
    let first: number | undefined;
    for (const [macKeyId, group] of byKey) {
      const macs = await this.recompute(macKeyId, group);
      const bad = group.find(({ hmac }, index) => !macs[index]?.hmac.equals(hmac));
      if (bad !== undefined) first = Math.min(first ?? bad.seq, bad.seq);
    }
    return first;
  }

  private async recompute(macKeyId: string, rows: readonly ChainRow[]) {
    try {
      return await this.macs.compute(
        this.context,
        macKeyId,
        rows.map(({ canonical }) => canonical),
      );
    } catch (error) {
      if (error instanceof AnkaError && noSuchKey.includes(error.code)) return [];
      throw error;
    }
  }
}
