import { AnkaError, type Context, type TrailAnchor } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { type Anchor, Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';

/** The anchor that the token holds. Not supported by tokens that store no data. */
interface HeldAnchor {
  readonly supported: boolean;
  readonly anchor: TrailAnchor | null;
}

const told = ({ number, value }: Anchor): TrailAnchor => ({ number, digest: Buffer.from(value).toString('base64url') });

/**
 * Keeps the anchor of the audit trails in the token, where no restored database reaches it. It is a data object of the
 * partition, found by its label.
 */
@Injectable()
export class TrailAnchors {
  private readonly label: string;

  constructor(
    private readonly custody: Custody,
    { name }: Partition,
  ) {
    this.label = `ankasecure:trail-anchor:${name}`;
  }

  read(context: Context): Promise<HeldAnchor> {
    return ifSupported(() => this.custody.readAnchor(context, this.label));
  }

  /** Replaces an older anchor only. */
  write(context: Context, { number, digest }: TrailAnchor): Promise<HeldAnchor> {
    const anchor = { number, value: Buffer.from(digest, 'base64url') };
    return ifSupported(() => this.custody.writeAnchor(context, this.label, anchor));
  }
}

const ifSupported = async (work: () => Promise<Anchor | null>): Promise<HeldAnchor> => {
  try {
    const held = await work();
    return { supported: true, anchor: held && told(held) };
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'algorithm-unavailable') return { supported: false, anchor: null };
    throw error;
  }
};
