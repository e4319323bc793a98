import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { workLiveness } from './liveness.js';
import { Pulse } from './pulse.js';

/** A request, and what becomes of it. */
interface Request<Reply> {
  readonly subject: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: AnkaError) => void;
  /** Sends it once more. Nobody has begun with it. */
  readonly resend: (token: string) => void;
}

interface Waiter<Reply> extends Request<Reply> {
  /** When it was asked, as a moment of `monotonicNow`. */
  readonly asked: number;
  readonly timer: NodeJS.Timeout;
  /** The pulses since anything was heard of the request. */
  silent: number;
  resent: number;
}

/** How often a request is sent again that nobody has begun with. */
const mostResent = 3;

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

  /** @param isSuspect tells whether a request to the subject, sent at the moment, may be with a process that does not answer */
  constructor(
    private readonly isSuspect: (subject: string, asked: number) => boolean = () => false,
    private readonly liveness = workLiveness,
  ) {
    this.pulse = new Pulse(liveness.everyMs, () => this.count());
  }

  /**
   * Begins to wait for the reply to a request.
   * @param left the milliseconds until its deadline
   * @returns the token that names the request
   */
  add(left: number, request: Request<Reply>): string {
    const token = (this.next++).toString(36);
    const timer = setTimeout(() => this.fail(token, new AnkaError('deadline-exceeded')), left);
    this.waiting.set(token, { ...request, asked: monotonicNow(), timer, silent: 0, resent: 0 });
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

  /** Ends the wait for a reply that has arrived. @returns the request, and when it was asked */
  settle(token: string, reply: Reply): Pick<Waiter<Reply>, 'subject' | 'asked'> | undefined {
    const waiter = this.take(token);
    waiter?.resolve(reply);
    return waiter;
  }

  /** Nobody has begun with the request. It is sent again, or fails with `error` if it was sent too often. */
  notBegun(token: string, error: AnkaError): void {
    const waiter = this.waiting.get(token);
    if (waiter === undefined) return;
    waiter.silent = 0;
    if (waiter.resent++ < mostResent) waiter.resend(token);
    else this.fail(token, error);
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

  private count(): boolean {
    const { mostSilent, mostSilentBeside } = this.liveness;
    for (const [token, waiter] of this.waiting) {
      const { subject, asked, silent } = waiter;
      const most = silent >= mostSilentBeside && this.isSuspect(subject, asked) ? mostSilentBeside : mostSilent;
      if (waiter.silent++ >= most) this.fail(token, new AnkaError('deadline-exceeded', fellSilent));
    }
    return this.waiting.size > 0;
  }
}
