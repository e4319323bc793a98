/** A request on its way to the server. */
export interface Outgoing {
  readonly token: string;
  readonly subject: string;
  readonly frame: Buffer;
}

/** Requests that trigger a write before the turn of the event loop ends, so that the server can start work. */
const mostWaiting = 8;

/** Sends the requests of one turn of the event loop in one write: one system call and one TLS record for all of them. */
export class OutgoingRequests {
  private readonly waiting: Outgoing[] = [];

  /** @param send writes one request, and does not throw */
  constructor(private readonly send: (request: Outgoing) => void) {}

  add(request: Outgoing): void {
    this.waiting.push(request);
    if (this.waiting.length === 1) setImmediate(this.flush);
    else if (this.waiting.length === mostWaiting) this.flush();
  }

  /** Drops the requests that were not sent. */
  drop(): void {
    this.waiting.length = 0;
  }

  private readonly flush = (): void => {
    for (const request of this.waiting.splice(0)) this.send(request);
  };
}
