import type { ChainHead, ChainRow } from '@ankasecure/audit-event';
import { type AnchorComparison, AnkaError, type Context, monotonicNow } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type HeldAnchor, HeldAnchors } from '../anchor/held-anchor.js';
import { startAfter, walkChain } from '../trail/chain-walk.js';
import { findExactRow } from '../trail/exact-row.sql.js';
import { selectSlice } from '../trail/trail-rows.sql.js';
import type { Proof } from './trail-proof.js';

/** A comparison with the anchor. `faultSeq`: the event that the anchor contradicts, if one can be named. */
export interface Compared extends AnchorComparison {
  readonly faultSeq: number | null;
}

/** The stretch that was proved. */
type Proved = Pick<Proof, 'head' | 'untilSeq' | 'before' | 'fault'> & { readonly fromSeq: number };

type Unknown = { readonly standing: 'unknown'; readonly code: string };

/** Compares one trail with the anchor in the token. */
@Injectable()
export class TrailAnchorCheck {
  constructor(private readonly anchors: HeldAnchors) {}

  /** Reads the anchor. It must be read before the snapshot of the trail: the trail of the snapshot is then never older. */
  async begin(tenantId: string): Promise<ProofAnchor> {
    return new ProofAnchor(tenantId, await this.anchors.read().catch(unanswered));
  }
}

const unanswered = (error: unknown): Unknown => {
  if (error instanceof AnkaError && error.retryable) return { standing: 'unknown', code: error.code };
  throw error;
};

/** The anchor beside the proof of a stretch. The anchored event is the one among the proved rows, not one that the database tells apart. */
export class ProofAnchor {
  private readonly anchored: ChainHead | undefined;
  private isFound = false;

  constructor(
    private readonly tenantId: string,
    private readonly held: HeldAnchor | Unknown,
  ) {
    this.anchored = held.standing === 'known' ? held.trails.heads.find((one) => one.tenantId === tenantId) : undefined;
  }

  /** Takes a proved row that bears a seal. The anchored event does. */
  feed({ seq, hash }: Pick<ChainRow, 'seq' | 'hash'>): void {
    if (this.anchored !== undefined && isSame(this.anchored, { seq, hash })) this.isFound = true;
  }

  /** @throws AnkaError `deadline-exceeded` if the time does not suffice to get from the anchored event to the stretch */
  async compare(manager: EntityManager, context: Context, proved: Proved): Promise<Compared> {
    const { held, anchored } = this;
    const told = { seq: null, detail: null, faultSeq: null };
    if (held.standing === 'unknown')
      return { ...told, standing: 'unknown', detail: `The HSM did not tell its anchor (${held.code}).` };
    if (held.standing === 'differs') return { ...told, standing: 'differs', detail: held.fault };
    if (held.standing !== 'known') return { ...told, standing: held.standing };
    if (anchored === undefined) return { ...told, standing: 'matches' };
    const { seq } = anchored;
    const about = `anchor ${held.anchor.number} of the HSM`;
    if (proved.head.seq < seq) {
      const detail = `The trail ends at event ${proved.head.seq}, and ${about} holds event ${seq}.`;
      return { standing: 'differs', seq, detail, faultSeq: proved.head.seq + 1 };
    }
    if (await this.has(manager, context, anchored, proved)) return { ...told, standing: 'matches', seq };
    return { standing: 'differs', seq, detail: `Event ${seq} is not the one that ${about} holds.`, faultSeq: seq };
  }

  private async has(
    manager: EntityManager,
    context: Context,
    anchored: ChainHead,
    { fromSeq, untilSeq, before, fault }: Proved,
  ): Promise<boolean> {
    if (this.isFound) return true;
    // Nothing is proved of an event behind the stretch, or behind its fault. The database is asked for it.
    if (fault !== undefined || anchored.seq > untilSeq) {
      const row = await findExactRow(manager, this.tenantId, anchored.seq);
      return row !== undefined && isSame(row, anchored);
    }
    return anchored.seq < fromSeq && before !== undefined && this.leadsTo(manager, context, anchored, before);
  }

  /** Whether the row before the stretch continues the anchored event. */
  private async leadsTo(
    manager: EntityManager,
    { deadline }: Context,
    anchored: ChainHead,
    before: ChainHead,
  ): Promise<boolean> {
    if (anchored.seq === before.seq) return isSame(anchored, before);
    const { standing } = await walkChain(
      this.tenantId,
      startAfter(anchored),
      before,
      (start, until) => selectSlice(manager, this.tenantId, start, until),
      () => monotonicNow() < deadline,
    );
    if (standing === 'pending')
      throw new AnkaError('deadline-exceeded', 'The trail was not walked from the anchored event in time.');
    return standing === 'proven';
  }
}

const isSame = (a: ChainHead, b: ChainHead): boolean => a.seq === b.seq && Buffer.compare(a.hash, b.hash) === 0;
