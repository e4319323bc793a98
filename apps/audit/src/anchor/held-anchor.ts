import type { TrailAnchor } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnchorSource } from './anchor-source.js';
import { type AnchoredTrails, anchorDigest, arePlain } from './anchored-heads.js';
import { lastAnchor, trailsOfAnchor } from './trail-anchor.sql.js';
import { type DueEnds, headsIn, reachesAll } from './trail-place.js';

/**
 * The anchor in the token beside what this database says about it. `unsupported`: the token stores no data. `none`: neither
 * has an anchor. `differs`: the database and the token do not belong together. `known`: the database has the trails' heads
 * whose digest the token holds.
 */
export type HeldAnchor =
  | { readonly standing: 'unsupported' | 'none' }
  | { readonly standing: 'differs'; readonly anchor: TrailAnchor | null; readonly fault: string }
  | { readonly standing: 'known'; readonly anchor: TrailAnchor; readonly trails: AnchoredTrails };

/** The anchor does not move more often while it is read. */
const mostReads = 5;

/** Reads the anchor in the token, and finds it in the database. */
@Injectable()
export class HeldAnchors {
  constructor(
    private readonly dataSource: DataSource,
    private readonly source: AnchorSource,
  ) {}

  /**
   * Reads again if another process has moved the anchor meanwhile: it may have dropped the heads of the one that was read.
   * @throws AnkaError if no worker answers
   */
  async read(): Promise<HeldAnchor> {
    let anchor = await this.source.read();
    for (let time = 1; ; time++) {
      const held = await this.find(anchor);
      if (held.standing !== 'differs' || time === mostReads) return held;
      const now = await this.source.read();
      if (now?.number === anchor?.number && now?.digest === anchor?.digest) return held;
      anchor = now;
    }
  }

  private async find(anchor: TrailAnchor | null | undefined): Promise<HeldAnchor> {
    if (anchor === undefined) return { standing: 'unsupported' };
    const last = await lastAnchor(this.dataSource);
    if (anchor === null && last === 0) return { standing: 'none' };
    const differs = (fault: string): HeldAnchor => ({ standing: 'differs', anchor, fault });
    // The anchor is stored here first. While the first one is kept, the HSM may never have got one: the process died in between.
    if (anchor === null && (await trailsOfAnchor(this.dataSource, 1)) !== undefined) return { standing: 'none' };
    if (anchor === null)
      return differs('The HSM has no anchor, but ankadb_audit knows one: the token is older than the database.');
    const { number } = anchor;
    const trails = await trailsOfAnchor(this.dataSource, number);
    if (trails === undefined)
      return differs(
        last < number
          ? `ankadb_audit is older than the HSM: it ends at anchor ${last}, the HSM holds anchor ${number}.`
          : `The HSM is older than ankadb_audit: it holds anchor ${number}, the database ends at anchor ${last}.`,
      );
    if (!arePlain(trails.heads) || anchorDigest(number, trails) !== anchor.digest)
      return differs(`ankadb_audit was changed: its heads at anchor ${number} are not those that the HSM holds.`);
    return { standing: 'known', anchor, trails };
  }

  /**
   * Whether the anchor in the token, whoever moved it, reaches what a process has sealed. Whoever owns the database may tell each
   * step of a round something else. They cannot make an anchor that the token vouches for.
   * @param due what was sealed before the process's previous round began
   */
  async reach({ accepted, ...sealed }: DueEnds): Promise<boolean> {
    const held = await this.read();
    if (held.standing === 'unsupported') return true;
    if (held.standing === 'known' && held.trails.accepted !== accepted) return true;
    return reachesAll(headsIn(held), sealed);
  }
}
