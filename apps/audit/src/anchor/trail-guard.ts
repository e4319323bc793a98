import { AnkaError, type TrailAnchor } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AnchorSource } from './anchor-source.js';
import { type AnchoredHead, anchorDigest } from './anchored-heads.js';
import { headsOfAnchor, lastAnchor, lostHeads, storeAnchor, trailHeads } from './trail-anchor.sql.js';

/** Why trails do not match the anchor. */
interface Faults {
  /** A fault of the database or the token: no trail can be compared. */
  readonly whole: string | null;
  /** Faults of single trails, by tenant. The other trails are sound. */
  readonly trails: ReadonlyMap<string, string>;
}

const noTrails: ReadonlyMap<string, string> = new Map();

const recipe = 'deploy/backup.md says how to go on.';

/**
 * Compares the trails with the anchor in the token, and moves the anchor forward. Trails that are older than the anchor are
 * refused: nothing is sealed on top of them, and nobody's record is compared with them. The trails of other tenants go on.
 */
@Injectable()
export class TrailGuard {
  /** Undefined until the trails were compared once. */
  private faults: Faults | undefined;
  private comparing: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
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

  /** Why the trails do not match the anchor; null if they do, or if they were not compared yet. */
  get fault(): string | null {
    return this.faults?.whole ?? this.faults?.trails.values().next().value ?? null;
  }

  /**
   * Compares first if that was not done yet.
   * @param tenantId the tenant whose trail is meant; without it, the trails as a whole
   * @throws AnkaError `service-unavailable` (retryable) if they do not match the anchor, or no worker answers
   */
  async assertSound(tenantId?: string): Promise<void> {
    if (this.faults === undefined) await this.compare();
    const fault = this.faults?.whole ?? (tenantId === undefined ? undefined : this.faults?.trails.get(tenantId));
    if (typeof fault === 'string') throw new AnkaError('service-unavailable', `${fault} ${recipe}`);
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
    const held = await this.source.read();
    if (held === undefined) return;
    const heads = await this.headsToAnchor(held, this.faults.trails);
    const isAnchored = held !== null && anchorDigest(held.number, heads) === held.digest;
    if (heads.length > 0 && !isAnchored) await this.anchor(heads, held);
  }

  /** Anchors the trails as they are now, whatever the anchor says. */
  async accept(): Promise<void> {
    const held = await this.source.read();
    if (held !== undefined) await this.anchor(await trailHeads(this.dataSource), held);
    await this.compare();
  }

  /** The tenants whose trails are refused now: all of them where the fault is of the whole. */
  async refused(): Promise<readonly string[]> {
    if (typeof this.faults?.whole !== 'string') return [...(this.faults?.trails.keys() ?? [])];
    return (await trailHeads(this.dataSource)).map(({ tenantId }) => tenantId);
  }

  private async headsToAnchor(held: TrailAnchor | null, refused: Faults['trails']): Promise<AnchoredHead[]> {
    const heads = await trailHeads(this.dataSource);
    if (refused.size === 0 || held === null) return heads;
    const kept = (await headsOfAnchor(this.dataSource, held.number)) ?? [];
    return [
      ...heads.filter(({ tenantId }) => !refused.has(tenantId)),
      ...kept.filter(({ tenantId }) => refused.has(tenantId)),
    ];
  }

  private async compareNow(): Promise<void> {
    const before = this.faults;
    this.faults = await this.findFaults();
    const { whole, trails } = this.faults;
    if (whole !== null && whole !== before?.whole)
      this.log.error({ alarm: 'trail-behind', fault: whole }, 'the trails are refused');
    for (const [tenantId, fault] of trails)
      if (before?.trails.has(tenantId) !== true)
        this.log.error({ alarm: 'trail-behind', tenantId, fault }, 'a trail is refused');
  }

  private async findFaults(): Promise<Faults> {
    const anchor = await this.source.read();
    if (anchor === undefined) return { whole: null, trails: noTrails };
    const whole = await this.findWholeFault(anchor);
    if (whole !== null || anchor === null) return { whole, trails: noTrails };
    const lost = await lostHeads(this.dataSource, anchor.number);
    return { whole, trails: new Map(lost.map((tenantId) => [tenantId, lostTrail(tenantId, anchor.number)])) };
  }

  private async findWholeFault(anchor: TrailAnchor | null): Promise<string | null> {
    const last = await lastAnchor(this.dataSource);
    if (anchor === null)
      return last === 0
        ? null
        : 'The HSM has no anchor, but ankadb_audit knows one: the token is older than the database.';
    const heads = await headsOfAnchor(this.dataSource, anchor.number);
    if (heads === undefined)
      return last < anchor.number
        ? `ankadb_audit is older than the HSM: it ends at anchor ${last}, the HSM holds anchor ${anchor.number}.`
        : `The HSM is older than ankadb_audit: it holds anchor ${anchor.number}, the database ends at anchor ${last}.`;
    if (anchorDigest(anchor.number, heads) !== anchor.digest)
      return `ankadb_audit was changed: its heads at anchor ${anchor.number} are not those that the HSM holds.`;
    return null;
  }

  /** @param held the anchor that the token holds now */
  private async anchor(heads: readonly AnchoredHead[], held: TrailAnchor | null): Promise<void> {
    const before = held?.number ?? 0;
    const number = Math.max(before, await lastAnchor(this.dataSource)) + 1;
    if (await storeAnchor(this.dataSource, number, before, heads))
      await this.source.write({ number, digest: anchorDigest(number, heads) });
  }
}

const lostTrail = (tenantId: string, anchor: number): string =>
  `ankadb_audit is older than the HSM: the trail of tenant ${tenantId} does not reach the place that anchor ${anchor} holds.`;
