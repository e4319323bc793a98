import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { workLiveness } from './liveness.js';
import { Pulse } from './pulse.js';

interface Waiter<Reply> {
  readonly subject: string;
  /** When it was asked, as a moment of `monotonicNow`. */
  readonly asked: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: AnkaError) => void;
  readonly timer: NodeJS.Timeout;
  /** The pulses since anything was heard of the request. */
  silent: number;
}

const fellSilent =
  'The service fell silent while it had the request: it died, or stands still. The request may be done or not. Try again.';

/**
 * The requests of a connection that wait for their replies. A request fails at its deadline, or when nothing has been heard of
 * it for too long. Silence is counted in pulses of this process, so a time in which this process itself stands still counts as one.
 */
export class Waiters<Reply> {
  private readonly waiting = new Map<string, Waiter<Reply>>();
  private readonly pulse: Pulse;
  private next = 0;

  constructor({ everyMs, mostSilent } = workLiveness) {
    this.pulse = new Pulse(everyMs, () => this.count(mostSilent));
  }

  /**
   * Begins to wait for the reply to a request.
   * @param left the milliseconds until its deadline
   * @returns the token that names the request
   */
  add(subject: string, left: number, { resolve, reject }: Pick<Waiter<Reply>, 'resolve' | 'reject'>): string {
    const token = (this.next++).toString(36);
    const timer = setTimeout(() => this.fail(token, new AnkaError('deadline-exceeded')), left);
    this.waiting.set(token, { subject, asked: monotonicNow(), resolve, reject, timer, silent: 0 });
    this.pulse.start();
    return token;
  }

  has(token: string): boolean {
    return this.waiting.has(token);
  }

  /** The service still works on the request. */
  heard(token: string): void {
    const waiter = this.waiting.get(token);
    if (waiter !== undefined) waiter.silent = 0;
  }

  /** Ends the wait for a reply that has arrived. @returns when it was asked for */
  settle(token: string, reply: Reply): number | undefined {
    const waiter = this.take(token);
    waiter?.resolve(reply);
    return waiter?.asked;
  }

  fail(token: string, error: AnkaError): void {
    this.take(token)?.reject(error);
  }

  /** Fails every request, or those to one subject. */
  failAll(error: () => AnkaError, subject?: string): void {
    for (const [token, waiter] of this.waiting)
      if (subject === undefined || waiter.subject === subject) this.fail(token, error());
  }

  private take(token: string): Waiter<Reply> | undefined {
    const waiter = this.waiting.get(token);
    this.waiting.delete(token);
    clearTimeout(waiter?.timer);
    return waiter;
  }

  private count(mostSilent: number): boolean {
    for (const [token, waiter] of this.waiting)
      if (waiter.silent++ >= mostSilent) this.fail(token, new AnkaError('deadline-exceeded', fellSilent));
    return this.waiting.size > 0;
  }
}
