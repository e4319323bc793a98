import { Samples } from '../statistic.js';
import { type Outcome, type Sample } from './job.js';
import { durationOf, headerOf, type Response } from './response-reader.js';

/** Collects the figures of a run. */
export class Record {
  #failures = 0;
  #firstFailure: string | null = null;
  #lastAt = 0;
  readonly #startedAt = performance.now();
  readonly #latency = new Samples();
  readonly #hsm = new Samples();
  readonly #worker = new Samples();
  readonly #total = new Samples();
  readonly #added = new Samples();
  readonly #addedForClient = new Samples();
  readonly #lateness = new Samples();
  readonly #samples: Sample[] = [];

  late(millis: number): void {
    this.#lateness.add(millis);
  }

  /** @param since the time at which the request was sent or scheduled */
  answer(response: Response, body: number, since: number): void {
    const now = performance.now();
    this.#lastAt = now;
    if (response.status < 200 || response.status > 299) this.fail(`${response.status}: ${response.body ?? ''}`);
    else if (response.itemFailed) this.fail('an item of a batch failed');
    else this.#time(response, now - since);
    if (response.body !== null) this.#samples.push({ body, answer: response.body });
  }

  fail(reason: string): void {
    this.#failures++;
    this.#firstFailure ??= reason;
  }

  #time(response: Response, latency: number): void {
    this.#latency.add(latency);
    const timing = headerOf(response.head, 'server-timing');
    if (timing === undefined) return;
    const [hsm = 0, worker = 0, total = 0] = ['hsm', 'worker', 'total'].map((key) => durationOf(timing, key));
    this.#hsm.add(hsm);
    this.#worker.add(worker);
    this.#total.add(total);
    this.#added.add(total - hsm);
    this.#addedForClient.add(latency - hsm);
  }

  outcome(): Outcome {
    return {
      requests: this.#latency.count + this.#failures,
      failures: this.#failures,
      firstFailure: this.#firstFailure,
      seconds: (this.#lastAt - this.#startedAt) / 1000,
      latency: this.#latency.summary(),
      hsm: this.#hsm.summary(),
      worker: this.#worker.summary(),
      total: this.#total.summary(),
      added: this.#added.summary(),
      addedForClient: this.#addedForClient.summary(),
      lateness: this.#lateness.summary(),
      samples: this.#samples,
    };
  }
}
