import { AnkaError } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AnchorSource } from './anchor-source.js';
import { anchorDigest } from './anchored-heads.js';
import { allHeads, firstLostHead, headsOfAnchor, lastAnchor, storeAnchor } from './trail-anchor.sql.js';

/** What is known of the trails: nothing yet, that they match the anchor, or why they do not. */
type Standing = { readonly known: false } | { readonly known: true; readonly fault: string | null };

const recipe = 'deploy/backup.md says how to go on.';

/**
 * Compares the trails with the anchor in the token, and moves the anchor forward. Trails that are older than the anchor are
 * refused: nothing is sealed on top of them, and nobody's record is compared with them.
 */
@Injectable()
export class TrailGuard {
  private standing: Standing = { known: false };
  private comparing: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly source: AnchorSource,
    private readonly log: Logger,
    registry: Registry,
  ) {
    const guard = this;
    new Gauge({
      name: 'ankasecure_trail_behind',
      help: '1 if the trails are older than the anchor in the token',
      registers: [registry],
      collect() {
        this.set(guard.fault === null ? 0 : 1);
      },
    });
  }

  /** Why the trails do not match the anchor; null if they do, or if they were not compared yet. */
  get fault(): string | null {
    return this.standing.known ? this.standing.fault : null;
  }

  /** Compares first if that was not done yet. @throws AnkaError `service-unavailable` (retryable) unless the trails are sound */
  async assertSound(): Promise<void> {
    if (!this.standing.known) await this.compare();
    if (this.fault !== null) throw new AnkaError('service-unavailable', `${this.fault} ${recipe}`);
  }

  /** Compares the trails with the anchor. @throws AnkaError if no worker answers */
  compare(): Promise<void> {
    this.comparing ??= this.compareNow().finally(() => {
      this.comparing = undefined;
    });
    return this.comparing;
  }

  /** Anchors the trails as they are now, if they are sound and have grown. */
  async advance(): Promise<void> {
    await this.compare();
    if (this.fault !== null) return;
    const [held, heads] = [await this.source.read(), await allHeads(this.dataSource)];
    const isAnchored = held !== undefined && held !== null && anchorDigest(held.number, heads) === held.digest;
    if (heads.length > 0 && !isAnchored) await this.anchor();
  }

  /** Anchors the trails as they are now, whatever the anchor says. */
  async accept(): Promise<void> {
    await this.anchor();
    await this.compare();
  }

  private async compareNow(): Promise<void> {
    const fault = await this.findFault();
    if (fault !== null && fault !== this.fault)
      this.log.error({ alarm: 'trail-behind', fault }, 'the trails are refused');
    this.standing = { known: true, fault };
  }

  private async findFault(): Promise<string | null> {
    const anchor = await this.source.read();
    if (anchor === undefined) return null;
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
    const lost = await firstLostHead(this.dataSource, anchor.number);
    return lost === undefined
      ? null
      : `ankadb_audit is older than the HSM: the trail of tenant ${lost} does not reach the place that anchor ${anchor.number} holds.`;
  }

  private async anchor(): Promise<void> {
    const held = await this.source.read();
    if (held === undefined) return;
    const [heads, last] = [await allHeads(this.dataSource), await lastAnchor(this.dataSource)];
    const before = held?.number ?? 0;
    const number = Math.max(before, last) + 1;
    if (await storeAnchor(this.dataSource, number, before, heads))
      await this.source.write({ number, digest: anchorDigest(number, heads) });
  }
}
