import { monotonicNow, type RecordChange, type RecordHead, type RecordKind, stateAfter } from '@ankasecure/contracts';
import { BoundedMap } from '../memory/bounded-map.js';
import {
  answersOf,
  type Claim,
  claimOfAbsence,
  isLater,
  kindOf,
  type LastChange,
  type OwnedName,
  subjectOf,
} from './record-claim.js';

/** A claim, and the last change of its subject that is known. */
export interface RememberedClaim {
  readonly claim: Claim;
  readonly last: LastChange;
}

interface CommittedChange extends LastChange {
  /** The name of the changed record, which is also that of its claims. */
  readonly record: string;
  readonly at: number;
}

interface Remembered extends LastChange {
  readonly claim: Claim;
  readonly at: number;
  /** When it was last compared with the trail, or written; `at` is earlier for what is to be compared again. */
  readonly comparedAt: number;
}

/** The time for which a comparison counts, in milliseconds. */
export const freshMs = 60_000;
/** The most claims that are remembered. */
const capacity = 200_000;
/** The most sets of which own records are remembered, and the most records of one. */
const sets = { most: 20_000, records: 2_000 };

const nameOf = ({ tenantId, subject }: Pick<Claim, 'tenantId' | 'subject'>): string => `${tenantId}/${subject}`;

/** The last changes in the trail that this process has compared, written or heard of. */
export class RememberedClaims {
  private readonly known = new BoundedMap<string, Remembered>(capacity);
  /** The revisions of deletions by this process. */
  private readonly removals = new BoundedMap<string, number>(capacity);
  /** The last changes that this process has committed. They count until the trail names them or later ones. */
  private readonly own = new BoundedMap<string, CommittedChange>(capacity);

  /** The records that this process has made or changed, by tenant and kind, until a list of the trail names them. */
  private readonly ownOf = new BoundedMap<string, BoundedMap<string, RecordChange>>(sets.most);

  /** The highest revisions that this process has committed, by tenant. */
  private readonly highest = new BoundedMap<string, number>(sets.most);

  /** @param head the trail's last change, by which the claim is true. It may keep a final state that the form has left */
  remember(claim: Claim, { id, revision, digest, state: own }: LastChange, head?: LastChange): void {
    let state = own;
    for (const before of [this.known.get(nameOf(claim)), head])
      if (before?.id === id && before.digest !== null)
        state = stateAfter(kindOf(claim), before.state ?? null, state ?? null);
    const at = monotonicNow();
    this.known.set(nameOf(claim), { claim, id, revision, digest, state, at, comparedAt: at });
  }

  /**
   * Remembers what this process writes. The transaction may still fail: what was known of the stored record stays known, and is
   * compared again at the next look.
   */
  wrote(claim: Claim): void {
    if (this.known.has(nameOf(claim))) this.doubt(nameOf(claim));
    else this.remember(claim, claim.says);
  }

  /** Keeps the known change, to be compared again at the next look. */
  private doubt(name: string): void {
    const known = this.known.get(name);
    if (known !== undefined) this.known.set(name, { ...known, at: Number.NEGATIVE_INFINITY });
  }

  /** Remembers a change that this process has committed: nothing earlier is true any more, whatever was found before. */
  committed(tenantId: string, change: RecordChange): void {
    const record = nameOf({ tenantId, subject: subjectOf(change) });
    this.noteOwn(`${tenantId}/${change.kind}`, change);
    this.highest.set(tenantId, Math.max(this.committedUpTo(tenantId), change.revision));
    for (const [subject, last] of answersOf([change])) {
      const name = nameOf({ tenantId, subject });
      const own = this.own.get(name);
      if (own === undefined || !isLater(subject, own, last))
        this.own.set(name, { ...last, record, at: monotonicNow() });
      this.doubt(name);
    }
  }

  /** The highest revision of a tenant's records that this process has committed; 0 if there is none. */
  committedUpTo(tenantId: string): number {
    return this.highest.get(tenantId) ?? 0;
  }

  private noteOwn(set: string, change: RecordChange): void {
    const own = this.ownOf.get(set) ?? new BoundedMap<string, RecordChange>(sets.records);
    this.ownOf.set(set, own);
    if ((own.get(change.id)?.revision ?? 0) < change.revision) own.set(change.id, change);
  }

  /** The changes of a tenant's records of one kind that this process has committed, and that no list of the trail has named. */
  ownChanges(tenantId: string, kind: RecordKind): readonly RecordChange[] {
    return [...(this.ownOf.get(`${tenantId}/${kind}`)?.values() ?? [])];
  }

  /** Takes note of all that the trail holds of a tenant's records of one kind. */
  listed(tenantId: string, kind: RecordKind, heads: readonly Pick<RecordChange, 'id' | 'revision'>[]): void {
    const own = this.ownOf.get(`${tenantId}/${kind}`);
    for (const { id, revision } of heads) if ((own?.get(id)?.revision ?? revision + 1) <= revision) own?.delete(id);
  }

  /** Forgets that records do not exist which the trail names, and the other way round: either is compared again, at length. */
  heard(tenantId: string, heads: readonly RecordHead[]): void {
    for (const head of heads) {
      const name = nameOf({ tenantId, subject: subjectOf(head) });
      const known = this.known.get(name);
      if (known !== undefined && (known.digest === null) !== (head.digest === null)) this.known.delete(name);
    }
  }

  /** Tells whether the record of a change was deleted since. The newest of numbered records is an earlier one then. */
  private isGone({ record, revision }: CommittedChange): boolean {
    const changes = [this.own.get(record), this.known.get(record)];
    return changes.some((change) => change?.digest === null && change.revision > revision);
  }

  /** The later of a change of the claim's subject and of the last one that this process has committed. */
  latest(claim: Claim, last: LastChange | undefined): LastChange | undefined {
    const own = this.own.get(nameOf(claim));
    if (own === undefined || this.isGone(own)) return last;
    return last === undefined || isLater(claim.subject, own, last) ? own : last;
  }

  removed(name: OwnedName, revision: number): void {
    const claim = claimOfAbsence(name);
    this.removals.set(nameOf(claim), revision);
    // Nothing is known of it if the transaction fails.
    if (this.known.has(nameOf(claim))) this.wrote(claim);
  }

  /** The last change of the claim's subject, as far as it is known. */
  last(claim: Claim): LastChange | undefined {
    return this.latest(claim, this.known.get(nameOf(claim)));
  }

  /** Takes note that the trail says the same of some claims as it did, or what is remembered next. */
  compared(claims: readonly Claim[]): void {
    for (const name of claims.map(nameOf)) {
      const known = this.known.get(name);
      if (known !== undefined) this.known.set(name, { ...known, comparedAt: monotonicNow() });
    }
  }

  /** For how long nothing was heard of the claim's subject, and nothing of it was written here; in milliseconds. */
  silenceMs(claim: Claim): number {
    const [known, own] = [this.known.get(nameOf(claim)), this.own.get(nameOf(claim))];
    return (
      monotonicNow() - Math.max(known?.comparedAt ?? Number.NEGATIVE_INFINITY, own?.at ?? Number.NEGATIVE_INFINITY)
    );
  }

  /** Tells whether the same was found true a short time ago. */
  isFresh(claim: Claim): boolean {
    const known = this.known.use(nameOf(claim));
    const isSame = known?.digest === claim.says.digest && known.id === claim.says.id;
    return isSame && monotonicNow() - known.at < freshMs;
  }

  /** Tells whether a claim is true. The trail hears later of what this process has deleted. */
  agrees(claim: Claim, last: LastChange | undefined): boolean {
    if (claim.agrees(last)) return true;
    const removed = claim.says.digest === null ? this.removals.get(nameOf(claim)) : undefined;
    return removed !== undefined && last !== undefined && removed > last.revision;
  }

  /** The remembered claims of some tenants, or of all. */
  of(tenantIds?: ReadonlySet<string>): readonly RememberedClaim[] {
    return [...this.known.values()]
      .filter(({ claim }) => tenantIds?.has(claim.tenantId) ?? true)
      .map(({ claim, ...last }) => ({ claim, last }));
  }

  clear(): void {
    this.known.clear();
  }
}
