/** The measurements of one operation. */
export interface RawResult {
  readonly operation: string;
  /** Calls under way at once; 0 if they were made in this thread, without lanes. */
  readonly inFlight: number;
  readonly perSecond: number;
  /** CPU time of this whole process for one operation, in microseconds. */
  readonly cpuMicros: number;
  /** Time inside PKCS#11 calls for one operation, in microseconds. */
  readonly hsmMicros: number;
  /** Latency for the caller, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1] ?? 0;

/** Counts the calls of a run, their latencies and their cost. */
class Run {
  private readonly cpu = process.cpuUsage();
  private readonly startedAt = performance.now();
  private readonly latencies: number[] = [];
  private hsmMicros = 0;

  constructor(private readonly seconds: number) {}

  goesOn(): boolean {
    return performance.now() - this.startedAt < this.seconds * 1000;
  }

  add(since: number, hsmMicros: number): void {
    this.latencies.push(performance.now() - since);
    this.hsmMicros += hsmMicros;
  }

  result(operation: string, inFlight: number): RawResult {
    const { user, system } = process.cpuUsage(this.cpu);
    const seconds = (performance.now() - this.startedAt) / 1000;
    const sorted = this.latencies.sort((a, b) => a - b);
    return {
      operation,
      inFlight,
      perSecond: sorted.length / seconds,
      cpuMicros: (user + system) / sorted.length,
      hsmMicros: this.hsmMicros / sorted.length,
      p50: percentile(sorted, 50),
      p99: percentile(sorted, 99),
    };
  }
}

/** Keeps `inFlight` calls under way. @param call resolves with its microseconds inside PKCS#11 */
export const measureLanes = async (
  operation: string,
  inFlight: number,
  seconds: number,
  call: () => Promise<number>,
): Promise<RawResult> => {
  const run = new Run(seconds);
  const caller = async (): Promise<void> => {
    while (run.goesOn()) {
      const since = performance.now();
      run.add(since, await call());
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return run.result(operation, inFlight);
};

/** Makes one call after the other in this thread. */
export const measureThread = (operation: string, seconds: number, call: () => void): RawResult => {
  const run = new Run(seconds);
  while (run.goesOn()) {
    const since = performance.now();
    call();
    run.add(since, (performance.now() - since) * 1000);
  }
  return run.result(operation, 0);
};
