export interface Rate {
  /** Sustained rate, per second. */
  readonly perSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
}

interface Bucket extends Rate {
  tokens: number;
  /** The time of the last refill, in milliseconds. */
  at: number;
}

export interface Grant {
  readonly granted: boolean;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Seconds until the bucket is full; if nothing was granted, seconds until the next token. */
  readonly seconds: number;
}

/** A token bucket per name, in this process's memory. It costs the hot path one look-up and no promise. */
export class Buckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  take(name: string, rate: Rate): Grant {
    const bucket = this.filled(name, rate);
    const granted = bucket.tokens >= 1;
    if (granted) bucket.tokens--;
    return grantOf(bucket, granted);
  }

  /**
   * Takes `cost` more tokens for a request that was granted one. The bucket may owe tokens then, and grants none until they have
   * come in. Nothing is taken from a bucket that owes already.
   */
  owe(name: string, rate: Rate, cost: number): Grant {
    const bucket = this.filled(name, rate);
    const granted = bucket.tokens >= 0;
    if (granted) bucket.tokens -= cost;
    return grantOf(bucket, granted);
  }

  /** Returns what `take` would return, without taking a token. */
  look(name: string, rate: Rate): Grant {
    const bucket = this.filled(name, rate);
    return grantOf(bucket, bucket.tokens >= 1);
  }

  private filled(name: string, { perSecond, burst }: Rate): Bucket {
    const now = this.now();
    const bucket = this.buckets.get(name) ?? { perSecond, burst, tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Drops the buckets that are full again, so that memory use follows the active names. */
  sweep(): void {
    const now = this.now();
    for (const [name, { tokens, at, perSecond, burst }] of this.buckets)
      if (tokens + ((now - at) * perSecond) / 1000 >= burst) this.buckets.delete(name);
  }
}

const grantOf = ({ tokens, burst, perSecond }: Bucket, granted: boolean): Grant => ({
  granted,
  remaining: Math.max(0, Math.floor(tokens)),
  seconds: Math.ceil((granted ? burst - tokens : 1 - tokens) / perSecond),
});
