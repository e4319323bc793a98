import { AnkaError, monotonicNow, platformTenantId } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { KnownPlaces } from '../end/known-places.js';
import { AnchorSource } from './anchor-source.js';
import { type AnchoredHead, type AnchoredTrails, anchorDigest } from './anchored-heads.js';
import { type HeldAnchor, HeldAnchors } from './held-anchor.js';
import { ToldTrails } from './told-trails.js';
import {
  type Faults,
  faultOf,
  newFaults,
  noFaults,
  notStored,
  takenBack,
  tooSlow,
  trailFaults,
  unprovenFaults,
  unprovenOf,
} from './trail-fault.js';
import {
  acceptedPlaces,
  anchoredPlaceOf,
  assertNotMoved,
  assertUnchanged,
  behindIn,
  type DueEnds,
  headsIn,
  laterPlaces,
  mostNotMoved,
  mostRoundMs,
  numberOf,
  type Told,
  type VerifiedTrails,
} from './trail-place.js';

const noTenants: ReadonlySet<string> = new Set();
const recipe = 'deploy/backup.md says how to go on.';

/** The shortest time between comparisons on behalf of refused requests, in milliseconds. */
const againMs = 1_000;

/**
 * Compares the trails with the anchor in the token and with what this process has sealed, and moves the anchor forward. Trails
 * that are older than either are refused: nothing is sealed on top of them, and nobody's record is compared with them. The trails of other tenants go on.
 */
@Injectable()
export class TrailGuard {
  /** Undefined until the trails were compared once. */
  private faults: Faults | undefined;
  private comparing: Promise<void> | undefined;
  private advancing: Promise<void> | undefined;
  private comparedAt = Number.NEGATIVE_INFINITY;
  private lastAccepted = 0;
  private lastSeen: HeldAnchor | undefined;
  private refusedNow = 0;
  /** Rounds in a row in which the token's anchor should have moved, and did not. */
  private notMoved = 0;
  /** The ends and indexes that this process had sealed when its last round began. */
  private due: DueEnds = { accepted: 0, ends: new Map(), indexes: new Map() };

  constructor(
    private readonly told: ToldTrails,
    private readonly anchors: HeldAnchors,
    private readonly source: AnchorSource,
    private readonly places: KnownPlaces,
    private readonly log: Logger,
  ) {}

  /** The number of trails that the last comparison refused. */
  get refusedTrails(): number {
    return this.refusedNow;
  }

  /** Why the trails do not match the anchor; null if they do, or if they were not compared yet. */
  get fault(): string | null {
    return this.faults?.whole ?? this.faults?.trails.values().next().value ?? null;
  }

  /** The last anchor that an operator accepted, as the token knew it at the last comparison; 0 if there was none. */
  get accepted(): number {
    return this.lastAccepted;
  }

  /** The anchor, as the last comparison has found it. */
  get seen(): HeldAnchor | undefined {
    return this.lastSeen;
  }

  /**
   * Compares first if that was not done yet, and again before it refuses: an operator may have accepted the trails meanwhile.
   * @param tenantId the tenant whose trail is meant; without it, the trails as a whole
   * @throws AnkaError `service-unavailable` (retryable) if they do not match the anchor, or no worker answers
   */
  async assertSound(tenantId?: string): Promise<void> {
    if (await this.refuses(tenantId))
      throw new AnkaError('service-unavailable', `${faultOf(this.faults, tenantId)} ${recipe}`);
  }

  /**
   * Whether a trail is refused because it does not match the anchor. It compares as `assertSound` does.
   * @throws AnkaError `service-unavailable` (retryable) if no worker answers, or the end of the trail cannot be proved
   */
  async refuses(tenantId?: string): Promise<boolean> {
    if (this.faults === undefined) await this.compare();
    const isRefused = (): boolean =>
      (faultOf(this.faults, tenantId) ?? unprovenOf(this.faults, tenantId)) !== undefined;
    if (isRefused() && monotonicNow() - this.comparedAt > againMs)
      await (this.notMoved >= mostNotMoved ? this.advance() : this.compare()).catch(() => undefined);
    const [fault, unproven] = [faultOf(this.faults, tenantId), unprovenOf(this.faults, tenantId)];
    if (fault === undefined && unproven !== undefined) throw new AnkaError('service-unavailable', unproven);
    return fault !== undefined;
  }

  /** Compares the trails with the anchor and with what this process has sealed. @throws AnkaError if no worker answers */
  compare(): Promise<void> {
    this.comparing ??= this.compareNow().finally(() => {
      this.comparing = undefined;
    });
    return this.comparing;
  }

  /**
   * Anchors the trails as they are now, if they have grown. A trail that is refused keeps the place that the anchor holds, or
   * gets the later one that this process has sealed, so that every process refuses it until it is accepted.
   * @throws AnkaError `service-unavailable` if the database tells an older trail than it did when it was compared
   */
  advance(): Promise<void> {
    this.advancing ??= this.advanceNow().finally(() => {
      this.advancing = undefined;
    });
    return this.advancing;
  }

  private async advanceNow(): Promise<void> {
    // While no worker answers nothing is sealed, so no anchor grows old.
    await this.source.read();
    const begun = monotonicNow();
    const due = this.due;
    this.due = { accepted: this.lastAccepted, ends: this.places.ends.all(), indexes: this.places.ends.allIndexes() };
    try {
      const result = await this.moveOn();
      if (result === 'refused') return;
      if (result === 'not stored' || !(await this.anchors.reach(due))) return this.missMove(notStored);
    } catch (error) {
      this.missMove((error as Error).message);
      throw error;
    }
    if (monotonicNow() - begun > mostRoundMs) return this.missMove(tooSlow);
    const wasStuck = this.notMoved >= mostNotMoved;
    this.notMoved = 0;
    if (wasStuck) await this.compare();
  }

  /**
   * Moves the anchor.
   * @returns `refused` if all trails are refused already; undefined if the anchor was moved, by whomever, or need not be
   */
  private async moveOn(): Promise<'refused' | 'not stored' | undefined> {
    await this.compare();
    if (this.faults === undefined || (this.faults.whole !== null && this.faults.whole !== notStored)) return 'refused';
    const held = await this.anchors.read();
    if (held.standing === 'unsupported') return undefined;
    if (held.standing === 'differs') return 'not stored';
    this.keepAnchored(held);
    const heads = await this.headsToAnchor(held, this.faults.trails);
    const trails = { accepted: held.standing === 'known' ? held.trails.accepted : 0, heads };
    const isAnchored = held.standing === 'known' && anchorDigest(held.anchor.number, trails) === held.anchor.digest;
    if (heads.length === 0 || isAnchored) return undefined;
    const number = await this.told.nextNumber(numberOf(held));
    if (await this.anchor(number, trails, held)) return undefined;
    return numberOf(await this.anchors.read()) > numberOf(held) ? undefined : 'not stored';
  }

  /** Whoever owns the database may keep anchors from being stored, so that the token's grows old. */
  private missMove(reason: string): void {
    this.notMoved++;
    this.log.error({ alarm: 'trail-behind', rounds: this.notMoved, fault: reason }, 'the anchor was not moved');
    if (this.notMoved >= mostNotMoved) this.faults = { ...noFaults, whole: notStored };
  }

  /**
   * Anchors the trails as they are now, whatever the anchor says.
   * @param verified the trails that are refused now. They are anchored as they were verified, whatever the database tells. Those that failed stay refused: they are anchored at a place that no trail reaches
   * @param seen the anchor at the comparison that has refused them
   * @param unproved those of them that could not be proved. They keep the places that are held of them
   * @throws AnkaError `service-unavailable` (retryable) if a trail or its place in the anchor has changed since it was verified, or another process was faster
   */
  async accept(verified: VerifiedTrails, seen: HeldAnchor | undefined, unproved = noTenants): Promise<void> {
    const held = await this.anchors.read();
    if (held.standing === 'unsupported') return;
    assertNotMoved(seen, held, verified.keys());
    this.keepAnchored(held);
    const told = await this.readTrails();
    this.assertReached(behindIn(told, held, verified));
    const { heads } = told;
    const others = heads.filter(({ tenantId }) => !verified.has(tenantId));
    // Without an anchor of theirs, nothing tells whether the others are sound.
    assertUnchanged(heads, verified, held.standing === 'known' ? [] : others);
    const number = await this.told.nextNumber(numberOf(held));
    const trails = { accepted: number, heads: acceptedPlaces(told, held, verified, unproved, this.places) };
    if (!(await this.anchor(number, trails, held)))
      throw new AnkaError(
        'service-unavailable',
        'The trails were anchored by another process meanwhile. Repeat the call.',
      );
    await this.compare();
  }

  /** The tenants whose trails are refused now: all of them where the fault is of the whole. */
  async refused(): Promise<readonly string[]> {
    if (typeof this.faults?.whole !== 'string') return [...(this.faults?.trails.keys() ?? [])];
    const told = (await this.told.heads()).map(({ tenantId }) => tenantId);
    // The acceptance is sealed on the platform's trail.
    return [...new Set([...told, ...this.places.ends.all().keys(), platformTenantId])];
  }

  private readTrails(): Promise<Told> {
    return this.told.read().finally(() => this.places.endComparison());
  }

  private async headsToAnchor(held: HeldAnchor, refused: Faults['trails']): Promise<readonly AnchoredHead[]> {
    const told = await this.readTrails();
    this.assertReached(behindIn(told, held, refused));
    const { heads, pending, failed } = told;
    this.told.endRound(new Set([...pending, ...failed.keys()]));
    const waiting = new Set([...refused.keys(), ...pending, ...failed.keys()]);
    const proved = heads.filter(({ tenantId }) => !waiting.has(tenantId));
    this.places.noteProved(proved);
    return [...proved, ...laterPlaces(held, waiting, this.places)];
  }

  /** @param tenantId a tenant whose trail was sound a moment ago and now does not reach what this process has sealed */
  private assertReached(tenantId: string | undefined): void {
    if (tenantId === undefined) return;
    const fault = takenBack(tenantId);
    this.log.error({ alarm: 'trail-behind', tenantId, fault }, 'the trails are not anchored');
    throw new AnkaError('service-unavailable', `${fault} Repeat the call.`);
  }

  private async compareNow(): Promise<void> {
    const before = this.faults;
    this.faults = await this.findFaults();
    this.comparedAt = monotonicNow();
    this.refusedNow = (await this.refused().catch(() => [...this.places.ends.all().keys()])).length;
    for (const { message, ...fault } of newFaults(this.faults, before))
      this.log.error({ alarm: 'trail-behind', ...fault }, message);
  }

  private async findFaults(): Promise<Faults> {
    const held = await this.anchors.read();
    this.lastSeen = held;
    this.places.ends.keep(held.standing !== 'unsupported');
    if (held.standing === 'differs') return { ...noFaults, whole: held.fault };
    const isStuck = this.notMoved >= mostNotMoved;
    this.keepAnchored(held, held.standing !== 'unsupported' && !isStuck);
    if (held.standing === 'unsupported') return noFaults;
    if (isStuck) return { ...noFaults, whole: notStored };
    if (held.standing === 'known') this.takeOver(held.trails.accepted);
    const told = await this.readTrails();
    const trails = trailFaults(told, held, (tenantId) => this.places.ends.of(tenantId) !== undefined);
    return { whole: null, trails, unproven: unprovenFaults(told) };
  }

  /** @param accepted the last anchor that an operator accepted. What was sealed before may be gone since */
  private takeOver(accepted: number): void {
    if (accepted !== this.lastAccepted) this.places.forget();
    this.lastAccepted = accepted;
  }

  /**
   * @param held the anchor that the token holds now
   * @returns false if another process has used the number
   */
  private async anchor(number: number, trails: AnchoredTrails, held: HeldAnchor): Promise<boolean> {
    const stored = await this.told.store(number, numberOf(held), trails);
    if (stored) await this.write(number, trails);
    return stored;
  }

  /** Takes the anchor over at once, not only with the next comparison. */
  private async write(number: number, trails: AnchoredTrails): Promise<void> {
    const anchor = { number, digest: anchorDigest(number, trails) };
    const held = await this.source.write(anchor);
    if (held === null || held.number < number || (held.number === number && held.digest !== anchor.digest))
      throw new AnkaError('service-unavailable', `The HSM did not take anchor ${number}.`);
    if (held.number === number) this.places.keepAnchored(trails.heads.map(anchoredPlaceOf));
  }

  /**
   * The known places stay while the database does not belong to it.
   * @param isCompared whether the trails are read now, and compared with it
   */
  private keepAnchored(held: HeldAnchor, isCompared = true): void {
    if (held.standing !== 'differs') this.places.keepAnchored(headsIn(held).map(anchoredPlaceOf), isCompared);
  }
}
