/** Statistics of a set of measured values, in the values' unit. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The smallest value that at least `percent` of all values do not exceed (nearest rank).
 * @param sorted ascending
 * @returns NaN if there are no values
 */
export const percentile = (sorted: Float64Array, percent: number): number => {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
};

/** The rate of `count` in `seconds`, per second. It is 0 if no time passed. */
export const rate = (count: number, seconds: number): number => (seconds > 0 ? count / seconds : 0);

/** Keeps every value, so that percentiles are exact and do not depend on a histogram's buckets. */
export class Samples {
  #values = new Float64Array(1024);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns undefined if there are no values. */
  summary(): Summary | null {
    if (this.#count === 0) return null;
    const sorted = this.#values.slice(0, this.#count).sort();
    return {
      count: sorted.length,
      mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
      p50: percentile(sorted, 50),
      p90: percentile(sorted, 90),
      p99: percentile(sorted, 99),
      max: percentile(sorted, 100),
    };
  }
}

/**
 * The number of requests of a steady rate that are due within the first `elapsedMs`. The open loop sends on a grid of `gridMs`, and
 * this many are scheduled at or before the current grid point.
 */
export const dueBy = (elapsedMs: number, perSecond: number, gridMs = 1): number => {
  const point = Math.floor(elapsedMs / gridMs) * gridMs;
  return Math.floor((point * perSecond) / 1000);
};

/** The grid time at which request `index` (from 0) of a steady rate is sent, in milliseconds after the start. */
export const intendedAt = (index: number, perSecond: number, gridMs = 1): number =>
  Math.ceil(((index + 1) * 1000) / perSecond / gridMs) * gridMs;
