import type { TrailFault } from '@ankasecure/audit-event';
import { AnkaError, type Context } from '@ankasecure/contracts';
import { asAnkaError, BoundedMap, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { MacSource } from '../mac/mac-source.js';
import type { ProvenChanges } from '../record/record-indexes.js';
import { namedChanges } from '../record/sealed-change.js';
import { findExactRow } from '../trail/exact-row.sql.js';
import { TrailReader } from '../trail/trail-reader.js';
import { HeadVerification } from './head-verification.js';
import { type ProvenRow, TrailProof } from './trail-proof.js';

/** A whole trail as it was proved: its end and the last changes of records that it names, or its first fault. */
export type ProvenTrail =
  | (ProvenChanges & { readonly fault?: never })
  | {
      readonly end?: never;
      readonly changes?: never;
      /** With `unproved` the proof failed. Nothing is known of the trail from that event on. */
      readonly fault: TrailFault | { readonly seq: number; readonly reason: 'unproved' };
    };

/** The part of a trail that was proved before the time was over. */
interface Progress {
  readonly proven: ProvenRow;
  readonly heads: HeadVerification;
}

/** Trails whose progress is kept in memory. */
const capacity = 100_000;

/**
 * Proves whole trails one after the other. A call that ran out of time is continued by the next one: what was proved is kept
 * until it is forgotten.
 */
@Injectable()
export class ProveTrails {
  private readonly progress = new BoundedMap<string, Progress>(capacity);

  constructor(
    private readonly reader: TrailReader,
    private readonly macs: MacSource,
    private readonly log: Logger,
  ) {}

  /** @throws AnkaError `deadline-exceeded` if the time does not suffice; the errors of `VerifyTrail` */
  async prove(context: Context, tenantIds: readonly string[]): Promise<ReadonlyMap<string, ProvenTrail>> {
    const proven = new Map<string, ProvenTrail>();
    try {
      for (const tenantId of tenantIds) proven.set(tenantId, await this.proveOne({ ...context, tenantId }));
      return proven;
    } catch (error) {
      if (!(error instanceof AnkaError) || error.code !== 'deadline-exceeded') throw error;
      const detail = `Verified ${proven.size} of ${tenantIds.length} trails. Repeat the call: it goes on from there.`;
      throw new AnkaError('deadline-exceeded', detail, { cause: error });
    }
  }

  /** Forgets what was proved: the next call begins anew. */
  forget(): void {
    this.progress.clear();
  }

  /** An error that no repetition helps leaves its own trail without a proof. The proofs of the others go on. */
  private async proveOne(context: Context): Promise<ProvenTrail> {
    const { tenantId } = context;
    try {
      return await this.proveOn(context);
    } catch (error) {
      if (asAnkaError(error).retryable) throw error;
      this.log.warn({ tenantId, reason: (error as Error).message }, 'a trail cannot be proved');
      return { fault: { seq: (this.progress.get(tenantId)?.proven.seq ?? 0) + 1, reason: 'unproved' } };
    }
  }

  private proveOn(context: Context): Promise<ProvenTrail> {
    const { tenantId } = context;
    return this.reader.read('acceptance', tenantId, async (manager) => {
      const known = this.progress.get(tenantId);
      const last = known && (await findExactRow(manager, tenantId, known.proven.seq));
      const isKept = known !== undefined && last !== undefined && Buffer.from(known.proven.hash).equals(last.hash);
      const before = isKept ? known.proven : undefined;
      const heads = isKept ? known.heads : new HeadVerification();
      const stretch = { fromSeq: (before?.seq ?? 0) + 1, untilSeq: undefined, before };
      const proof = new TrailProof(manager, this.macs, context, stretch, (row) =>
        heads.feed(row.seq, namedChanges(row)),
      );
      try {
        const { head, fault, timeFault } = await proof.run();
        if (timeFault !== undefined)
          this.log.warn({ tenantId, seq: timeFault.seq }, 'a trail has an event that was sealed back in time');
        return fault === undefined ? { end: head, changes: heads.changes, highest: heads.highest } : { fault };
      } finally {
        if (proof.proven !== undefined) this.progress.set(tenantId, { proven: proof.proven, heads });
      }
    });
  }
}
