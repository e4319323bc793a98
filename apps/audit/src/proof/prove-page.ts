import type { ChainHead, ChainRow } from '@ankasecure/audit-event';
import { type Context, type SealedEvent, sealedEvent, type UnprovenEvent } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { checkMacs } from '../mac/check-macs.js';
import { MacSource } from '../mac/mac-source.js';
import { sealedEventResource } from '../trail/sealed-event.entity.js';
import type { PageRows } from './page-rows.sql.js';
import { UnprovenAlarm } from './unproven-alarm.js';
import { type CheckedRow, ownFault, reasonAgainst, vouchedRows } from './vouched-rows.js';

/** The events of a page, and the rows that are none; both in the order of the page. */
export interface ProvenPage {
  readonly proven: readonly ChainRow[];
  readonly unproven: readonly UnprovenEvent[];
}

/** Divides the rows of a page into those that the tenant's key vouches for, and others. */
@Injectable()
export class ProvePage {
  constructor(
    private readonly macs: MacSource,
    private readonly alarm: UnprovenAlarm,
  ) {}

  /**
   * @param known the last row that this process had sealed or proved before the page was read
   * @throws the errors of `MacSource`: a page that cannot be compared is not shown
   */
  async prove(context: Context, { rows, seqs }: PageRows, known: ChainHead | undefined): Promise<ProvenPage> {
    const checked = await this.check(context, rows, new Set(seqs));
    const vouched = vouchedRows(checked, known);
    const bySeq = Map.groupBy(checked, ({ row }) => row.seq);
    const proven: ChainRow[] = [];
    const unproven: UnprovenEvent[] = [];
    for (const seq of seqs) {
      const against = (bySeq.get(seq) ?? []).map((each) => [each.row, reasonAgainst(each, vouched, known)] as const);
      const genuine = against.find(([, reason]) => reason === undefined);
      if (genuine !== undefined) proven.push(genuine[0]);
      // However many rows the database has of a number.
      const [row, reason] = against.find(([, fault]) => fault !== undefined) ?? [];
      if (reason !== undefined) unproven.push({ seq, reason, event: row === undefined ? null : claimOf(row) });
      else if (genuine === undefined) unproven.push({ seq, reason: 'missing', event: null });
    }
    this.alarm.raise(context.tenantId, unproven);
    return { proven, unproven };
  }

  /** A worker is asked for the MACs of the rows on the page, and of the seals, unless the rows contradict themselves. */
  private async check(
    context: Context,
    rows: readonly ChainRow[],
    seqs: ReadonlySet<number>,
  ): Promise<readonly CheckedRow[]> {
    const faults = new Map(rows.map((row) => [row, ownFault(context.tenantId, row)]));
    const asked = rows.filter((row) => faults.get(row) === undefined && (seqs.has(row.seq) || row.chainSeal !== null));
    const checks = await checkMacs(this.macs, context, asked);
    const holding = new Map(asked.map((row, index) => [row, checks[index]]));
    return rows.map((row) => ({
      row,
      fault: faults.get(row),
      holds: holding.get(row) ?? { hmac: false, chainSeal: false },
    }));
  }
}

/** What a row says, if it can be an event at all: its owner may have written anything into it. */
const claimOf = (row: ChainRow): SealedEvent | null => {
  try {
    return sealedEvent.safeParse(sealedEventResource(row)).data ?? null;
  } catch {
    return null;
  }
};
