import { monotonicNow } from '@ankasecure/contracts';

/** One reading of another clock. All members are milliseconds. */
export interface Reading {
  /** The other clock's time, since the epoch. Anything but a finite number is no time. */
  readonly said: number;
  /** When it was asked and when its answer arrived, as moments of `monotonicNow`. It read its time in between. */
  readonly asked: number;
  readonly answered: number;
}

/** How far the other clock is ahead of `monotonicNow`, in milliseconds. */
interface Offset {
  readonly least: number;
  readonly most: number;
}

/** The most that two clocks drift apart, as a share of the time that passes. Crystals keep within 100 ppm, and NTP slews at 500. */
export const clockDrift = 600e-6;

/**
 * Estimates another clock's time without asking again: each reading bounds the other clock's time, and the bounds of all
 * readings hold together. A reading outside them means that the other clock was set; it then stands alone. A reading without a
 * time bounds nothing, and the clock agrees with no other until it tells one.
 */
export class RemoteClock {
  private offset: Offset | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private hasToldTime = true;

  learn({ said, asked, answered }: Reading): void {
    this.hasToldTime = Number.isFinite(said);
    if (!this.hasToldTime) return;
    const read = { least: said - answered, most: said - asked };
    const known = this.offsetAt(answered);
    const both = known && { least: Math.max(known.least, read.least), most: Math.min(known.most, read.most) };
    this.offset = both !== undefined && both.least <= both.most ? both : read;
    this.readAt = answered;
  }

  /** Tells whether the clock was read at most `ms` milliseconds ago. */
  isKnown(ms: number): boolean {
    return monotonicNow() - this.readAt < ms;
  }

  /** The earliest time that the other clock may show now, in milliseconds since the epoch; undefined if it was never read. */
  now(): number | undefined {
    return this.offset === undefined ? undefined : monotonicNow() + this.offset.least;
  }

  /**
   * How far this process's clock is ahead of the other one, in milliseconds; negative if it is behind. 0 as long as the
   * readings allow that both show the same. NaN if the last reading told no time.
   * @param wall this process's clock, in milliseconds since the epoch
   */
  aheadMs(wall = Date.now()): number {
    if (!this.hasToldTime) return Number.NaN;
    const now = monotonicNow();
    const offset = this.offsetAt(now);
    if (offset === undefined) return 0;
    if (wall > now + offset.most) return wall - now - offset.most;
    return Math.min(0, wall - now - offset.least);
  }

  /** The bounds widen with the time since they were read. */
  private offsetAt(moment: number): Offset | undefined {
    const { offset, readAt } = this;
    if (offset === undefined) return undefined;
    const width = Math.max(0, moment - readAt) * clockDrift;
    return { least: offset.least - width, most: offset.most + width };
  }
}
