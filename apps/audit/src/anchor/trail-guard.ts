import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AnchorSource } from './anchor-source.js';
import { type AnchoredHead, type AnchoredTrails, anchorDigest } from './anchored-heads.js';
import { type HeldAnchor, HeldAnchors } from './held-anchor.js';
import { lastAnchor, lostHeads, storeAnchor, trailHeads } from './trail-anchor.sql.js';

/** Why trails do not match the anchor. */
interface Faults {
  /** A fault of the database or the token: no trail can be compared. */
  readonly whole: string | null;
  /** Faults of single trails, by tenant. The other trails are sound. */
  readonly trails: ReadonlyMap<string, string>;
}

/** The end of a trail that was verified, or undefined for one that failed. */
export type VerifiedTrails = ReadonlyMap<string, { readonly seq: number; readonly hash: Uint8Array } | undefined>;

const noTrails: ReadonlyMap<string, string> = new Map();

const recipe = 'deploy/backup.md says how to go on.';

/** The shortest time between comparisons on behalf of refused requests, in milliseconds. */
const againMs = 1_000;

/**
 * Compares the trails with the anchor in the token, and moves the anchor forward. Trails that are older than the anchor are
 * refused: nothing is sealed on top of them, and nobody's record is compared with them. The trails of other tenants go on.
 */
@Injectable()
export class TrailGuard {
  /** Undefined until the trails were compared once. */
  private faults: Faults | undefined;
  private comparing: Promise<void> | undefined;
  private comparedAt = Number.NEGATIVE_INFINITY;
  private lastAccepted = 0;
  private refusedNow = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly anchors: HeldAnchors,
    private readonly source: AnchorSource,
    private readonly log: Logger,
    registry: Registry,
  ) {
    const gauge: Gauge = new Gauge({
      name: 'ankasecure_trail_behind',
      help: '1 if the trails are older than the anchor in the token',
      registers: [registry],
      collect: () => gauge.set(this.fault === null ? 0 : 1),
    });
  }

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

  /**
   * Compares first if that was not done yet, and again before it refuses: an operator may have accepted the trails meanwhile.
   * @param tenantId the tenant whose trail is meant; without it, the trails as a whole
   * @throws AnkaError `service-unavailable` (retryable) if they do not match the anchor, or no worker answers
   */
  async assertSound(tenantId?: string): Promise<void> {
    if (this.faults === undefined) await this.compare();
    if (this.faultOf(tenantId) !== undefined && monotonicNow() - this.comparedAt > againMs)
      await this.compare().catch(() => undefined);
    const fault = this.faultOf(tenantId);
    if (fault !== undefined) throw new AnkaError('service-unavailable', `${fault} ${recipe}`);
  }

  /** Compares the trails with the anchor. @throws AnkaError if no worker answers */
  compare(): Promise<void> {
    this.comparing ??= this.compareNow().finally(() => {
      this.comparing = undefined;
    });
    return this.comparing;
  }

  /** Anchors the trails as they are now, if they have grown. A trail that is refused keeps the place that the anchor holds. */
  async advance(): Promise<void> {
    await this.compare();
    if (this.faults?.whole !== null) return;
    const { trails: refused } = this.faults;
    const held = await this.anchors.read();
    if (held.standing === 'unsupported' || held.standing === 'differs') return;
    const heads = await this.headsToAnchor(held, refused);
    const trails = { accepted: held.standing === 'known' ? held.trails.accepted : 0, heads };
    const isAnchored = held.standing === 'known' && anchorDigest(held.anchor.number, trails) === held.anchor.digest;
    if (heads.length > 0 && !isAnchored) await this.anchor(await this.nextNumber(held), trails, held);
  }

  /**
   * Anchors the trails as they are now, whatever the anchor says.
   * @param verified the trails that are refused now. Those that failed stay refused: they are anchored at a place that no trail reaches
   * @throws AnkaError `service-unavailable` (retryable) if a trail has changed since it was verified, or another process was faster
   */
  async accept(verified: VerifiedTrails): Promise<void> {
    const held = await this.anchors.read();
    if (held.standing === 'unsupported') return;
    const heads = await trailHeads(this.dataSource);
    assertUnchanged(heads, verified);
    const failed = [...verified].filter(([, end]) => end === undefined).map(([tenantId]) => tenantId);
    const number = await this.nextNumber(held);
    const sound = heads.filter(({ tenantId }) => !failed.includes(tenantId));
    const unreachable = failed.map((tenantId) => afterEnd(tenantId, heads));
    if (!(await this.anchor(number, { accepted: number, heads: [...sound, ...unreachable] }, held)))
      throw new AnkaError(
        'service-unavailable',
        'The trails were anchored by another process meanwhile. Repeat the call.',
      );
    await this.compare();
  }

  /** The tenants whose trails are refused now: all of them where the fault is of the whole. */
  async refused(): Promise<readonly string[]> {
    if (typeof this.faults?.whole !== 'string') return [...(this.faults?.trails.keys() ?? [])];
    return (await trailHeads(this.dataSource)).map(({ tenantId }) => tenantId);
  }

  private faultOf(tenantId: string | undefined): string | undefined {
    const ofTrail = tenantId === undefined ? undefined : this.faults?.trails.get(tenantId);
    return this.faults?.whole ?? ofTrail;
  }

  private async headsToAnchor(held: HeldAnchor, refused: Faults['trails']): Promise<readonly AnchoredHead[]> {
    const heads = await trailHeads(this.dataSource);
    if (refused.size === 0 || held.standing !== 'known') return heads;
    return [
      ...heads.filter(({ tenantId }) => !refused.has(tenantId)),
      ...held.trails.heads.filter(({ tenantId }) => refused.has(tenantId)),
    ];
  }

  private async compareNow(): Promise<void> {
    const before = this.faults;
    this.faults = await this.findFaults();
    this.comparedAt = monotonicNow();
    const { whole, trails } = this.faults;
    this.refusedNow = (await this.refused()).length;
    if (whole !== null && whole !== before?.whole)
      this.log.error({ alarm: 'trail-behind', fault: whole }, 'the trails are refused');
    for (const [tenantId, fault] of trails)
      if (before?.trails.has(tenantId) !== true)
        this.log.error({ alarm: 'trail-behind', tenantId, fault }, 'a trail is refused');
  }

  private async findFaults(): Promise<Faults> {
    const held = await this.anchors.read();
    if (held.standing === 'differs') return { whole: held.fault, trails: noTrails };
    if (held.standing !== 'known') return { whole: null, trails: noTrails };
    const { number } = held.anchor;
    this.lastAccepted = held.trails.accepted;
    const lost = await lostHeads(this.dataSource, number);
    return { whole: null, trails: new Map(lost.map((tenantId) => [tenantId, lostTrail(tenantId, number)])) };
  }

  private async nextNumber(held: HeldAnchor): Promise<number> {
    return Math.max(numberOf(held), await lastAnchor(this.dataSource)) + 1;
  }

  /**
   * @param held the anchor that the token holds now
   * @returns false if another process has used the number
   */
  private async anchor(number: number, trails: AnchoredTrails, held: HeldAnchor): Promise<boolean> {
    const stored = await storeAnchor(this.dataSource, number, numberOf(held), trails);
    if (stored) await this.source.write({ number, digest: anchorDigest(number, trails) });
    return stored;
  }
}

const numberOf = (held: HeldAnchor): number => ('anchor' in held ? (held.anchor?.number ?? 0) : 0);

const lostTrail = (tenantId: string, anchor: number): string =>
  `ankadb_audit is older than the HSM: the trail of tenant ${tenantId} does not reach the place that anchor ${anchor} holds.`;

/** A place that the tenant's trail does not have: no row has this hash. */
const afterEnd = (tenantId: string, heads: readonly AnchoredHead[]): AnchoredHead => {
  const end = heads.find((head) => head.tenantId === tenantId)?.seq ?? 0;
  return { tenantId, seq: end + 1, hash: Buffer.alloc(32), indexSeq: 0, indexMac: Buffer.of() };
};

const assertUnchanged = (heads: readonly AnchoredHead[], verified: VerifiedTrails): void => {
  const now = new Map(heads.map((head) => [head.tenantId, head]));
  for (const [tenantId, end] of verified) {
    const { seq = 0, hash } = now.get(tenantId) ?? {};
    if (end === undefined || (seq === end.seq && (seq === 0 || hash?.equals(end.hash) === true))) continue;
    throw new AnkaError(
      'service-unavailable',
      `The trail of tenant ${tenantId} has changed since it was verified. Repeat the call.`,
    );
  }
};
