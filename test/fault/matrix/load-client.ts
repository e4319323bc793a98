import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../e2e/harness/wait.js';
import type { FaultClient, Outcome } from './client.js';

/** A request, and its outcome when it has one. */
export interface Sent {
  /** A moment of `performance.now`. */
  readonly at: number;
  outcome?: Outcome;
}

/** The pause between two sends, in milliseconds. */
const everyMs = 20;
/** More requests than these do not wait for their answers at a time: the machine cannot keep up then. */
const mostOpen = 2_000;

/** Sends requests at a steady pace, whether or not the earlier ones are answered. */
export class LoadClient {
  private readonly sent: Sent[] = [];
  private readonly answers: Promise<void>[] = [];
  private open = 0;
  private going = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly client: FaultClient,
    private readonly perSecond: number,
  ) {
    this.loop = this.run();
  }

  /** Resolves when the requests of so many seconds more have been sent, and all but the last are answered. */
  async goOnFor(seconds: number): Promise<void> {
    const until = this.sent.length + seconds * this.perSecond;
    await eventually(`${seconds} s of load`, () => this.sent.length >= until, 1_000 * (seconds * 10 + 60));
    const earlier = this.sent.slice();
    await eventually('answers', () => earlier.every(({ outcome }) => outcome !== undefined));
  }

  /** @returns every request since the start, with its outcome */
  async stop(): Promise<readonly Required<Sent>[]> {
    this.going = false;
    await this.loop;
    await Promise.all(this.answers);
    return this.sent as Required<Sent>[];
  }

  private async run(): Promise<void> {
    const start = performance.now();
    while (this.going) {
      const due = ((performance.now() - start) / 1_000) * this.perSecond - this.sent.length;
      for (let count = 0; count < Math.min(due, this.perSecond / 10) && this.open < mostOpen; count++) this.send();
      await delay(everyMs);
    }
  }

  private send(): void {
    const one: Sent = { at: performance.now() };
    this.sent.push(one);
    this.open++;
    const request = this.sent.length % 2 === 0 ? 'sign' : 'verify';
    const answered = async (): Promise<void> => {
      one.outcome = await this.client.ask(request);
      this.open--;
    };
    this.answers.push(answered());
  }
}
