import type { ChainHead } from '@ankasecure/audit-event';
import { type AnchorComparison, AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type HeldAnchor, HeldAnchors } from '../anchor/held-anchor.js';
import { findExactRow } from '../trail/exact-row.sql.js';

/** A comparison with the anchor. `faultSeq`: the event that the anchor contradicts, if one can be named. */
export interface Compared extends AnchorComparison {
  readonly faultSeq: number | null;
}

/** Compares one trail with the anchor in the token. */
@Injectable()
export class TrailAnchorCheck {
  constructor(private readonly anchors: HeldAnchors) {}

  /**
   * Reads the anchor. It must be read before the snapshot of the trail: the trail of the snapshot is then never older.
   * @returns a function that compares the trail with it
   */
  async begin(tenantId: string): Promise<(manager: EntityManager, head: ChainHead) => Promise<Compared>> {
    const held = await this.anchors.read().catch(unanswered);
    return (manager, head) => compare(manager, tenantId, head, held);
  }
}

type Unknown = { readonly standing: 'unknown'; readonly code: string };

const unanswered = (error: unknown): Unknown => {
  if (error instanceof AnkaError && error.retryable) return { standing: 'unknown', code: error.code };
  throw error;
};

const compare = async (
  manager: EntityManager,
  tenantId: string,
  head: ChainHead,
  held: HeldAnchor | Unknown,
): Promise<Compared> => {
  const told = { seq: null, detail: null, faultSeq: null };
  if (held.standing === 'unknown')
    return { ...told, standing: 'unknown', detail: `The HSM did not tell its anchor (${held.code}).` };
  if (held.standing === 'differs') return { ...told, standing: 'differs', detail: held.fault };
  if (held.standing !== 'known') return { ...told, standing: held.standing };
  const anchored = held.trails.heads.find((one) => one.tenantId === tenantId);
  if (anchored === undefined) return { ...told, standing: 'matches' };
  const { seq, hash } = anchored;
  const about = `anchor ${held.anchor.number} of the HSM`;
  if (head.seq < seq)
    return {
      standing: 'differs',
      seq,
      detail: `The trail ends at event ${head.seq}, and ${about} holds event ${seq}.`,
      faultSeq: head.seq + 1,
    };
  const row = await findExactRow(manager, tenantId, seq);
  if (row !== undefined && hash.equals(row.hash)) return { ...told, standing: 'matches', seq };
  return { standing: 'differs', seq, detail: `Event ${seq} is not the one that ${about} holds.`, faultSeq: seq };
};
