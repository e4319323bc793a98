import { setImmediate as endOfTurn } from 'node:timers/promises';
import { emptyMultiset, indexedBytes, withElement, withoutElement } from '@ankasecure/audit-event';
import {
  type NumberedRecords,
  type RecordHead,
  type RecordKind,
  type RecordName,
  recordKey,
} from '@ankasecure/contracts';
import { numberedId } from '@ankasecure/service-kit';
import { mayBecome } from './sealed-change.js';

/** Heads that are hashed in one turn of the event loop. */
const perTurn = 200;

/** The place of an index: the last event that changed it, and its MAC. */
interface IndexPlace {
  readonly seq: number;
  readonly sum: Buffer;
  readonly mac: Buffer;
}

/** All heads of one tenant's records, as an index with a genuine MAC names them. */
export class KnownHeads {
  private readonly heads = new Map<string, RecordHead>();
  /** The highest-numbered record of each group that was not deleted. */
  private readonly highest = new Map<string, RecordHead>();
  /** The highest revision of each kind. */
  private readonly tops = new Map<RecordKind, number>();
  private at: IndexPlace = { seq: 0, sum: emptyMultiset(), mac: Buffer.of() };

  get seq(): number {
    return this.at.seq;
  }

  get mac(): Buffer {
    return this.at.mac;
  }

  get sum(): Buffer {
    return this.at.sum;
  }

  /** Whether an index is that of these heads in every part. A MAC alone says nothing of a sum that stands beside it. */
  isAt({ seq, sum, mac }: IndexPlace): boolean {
    return seq === this.at.seq && sum.equals(this.at.sum) && mac.equals(this.at.mac);
  }

  /** The highest revision of a head; 0 for none. */
  get highestRevision(): number {
    return Math.max(0, ...this.tops.values());
  }

  /** The highest revision of a head of some kinds; 0 for none. */
  highestRevisionOf(kinds: ReadonlySet<RecordKind>): number {
    return Math.max(0, ...[...kinds].map((kind) => this.tops.get(kind) ?? 0));
  }

  get size(): number {
    return this.heads.size;
  }

  get(record: RecordName): RecordHead | undefined {
    return this.heads.get(recordKey(record));
  }

  all(): IterableIterator<RecordHead> {
    return this.heads.values();
  }

  /** The sum after some heads have replaced those of the same records. Nothing changes yet. */
  async sumWith(heads: readonly RecordHead[]): Promise<Buffer> {
    let { sum } = this.at;
    for (const [index, head] of heads.entries()) {
      if (index % perTurn === perTurn - 1) await endOfTurn();
      const old = this.get(head);
      if (old !== undefined) sum = withoutElement(sum, indexedBytes(old));
      sum = withElement(sum, indexedBytes(head));
    }
    return sum;
  }

  /**
   * Whether heads can follow those that are known here: none leaves a state that a record never loses, and none is older but for
   * a change to such a state.
   * @param seq the index of the heads. What has changed here since is not among them
   * @param isAll whether every record must be among them
   */
  precede(heads: readonly RecordHead[], seq: number, isAll: boolean): boolean {
    const named = new Set(heads.map(recordKey));
    const isKept = (old: RecordHead): boolean => old.seq > seq || named.has(recordKey(old));
    return (!isAll || [...this.heads.values()].every(isKept)) && heads.every((head) => this.isAllowedAfter(seq, head));
  }

  private isAllowedAfter(seq: number, head: RecordHead): boolean {
    const old = this.get(head);
    return old === undefined || old.seq > seq || mayBecome(old, head);
  }

  /** Takes heads over whose sum was found genuine. */
  advance(place: IndexPlace, heads: readonly RecordHead[]): void {
    for (const { kind, id, seq, revision, digest, state } of heads)
      this.put({ kind, id, seq, revision, digest, state });
    this.at = place;
  }

  private put(head: RecordHead): void {
    this.heads.set(recordKey(head), head);
    this.tops.set(head.kind, Math.max(this.tops.get(head.kind) ?? 0, head.revision));
    const { of, number } = numberedId(head.id);
    if (!Number.isInteger(number)) return;
    const group = groupKey({ kind: head.kind, of });
    const highest = this.highest.get(group);
    if (highest?.id === head.id && head.digest === null) return this.findHighest(head.kind, of);
    const isHigher = highest === undefined || numberedId(highest.id).number <= number;
    if (head.digest !== null && isHigher) this.highest.set(group, head);
  }

  /** The highest-numbered record was deleted. */
  private findHighest(kind: RecordKind, of: string | null): void {
    const group = groupKey({ kind, of });
    const left = [...this.heads.values()].filter((head) => {
      if (head.kind !== kind || head.digest === null) return false;
      const numbered = numberedId(head.id);
      return numbered.of === of && Number.isInteger(numbered.number);
    });
    const highest = left.toSorted((a, b) => numberedId(b.id).number - numberedId(a.id).number)[0];
    if (highest === undefined) this.highest.delete(group);
    else this.highest.set(group, highest);
  }

  /** The highest-numbered record of a group that was not deleted. */
  newest(group: NumberedRecords): RecordHead | undefined {
    return this.highest.get(groupKey(group));
  }

  /** The heads of some kinds, by kind and id, after `after`. */
  list(kinds: ReadonlySet<RecordKind>, after: RecordName | null, most: number): readonly RecordHead[] {
    const follows = (head: RecordHead): boolean => after === null || byName(head, after) > 0;
    return [...this.heads.values()]
      .filter((head) => kinds.has(head.kind) && follows(head))
      .toSorted(byName)
      .slice(0, most);
  }
}

const groupKey = ({ kind, of }: NumberedRecords): string => `${kind} ${of === null ? '' : `${of}/`}`;

const byName = (a: RecordName, b: RecordName): number => compareText(a.kind, b.kind) || compareText(a.id, b.id);

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The sum of heads of different records. */
export const sumOf = (heads: readonly RecordHead[]): Promise<Buffer> => new KnownHeads().sumWith(heads);
