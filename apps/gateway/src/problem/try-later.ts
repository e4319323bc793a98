import { AnkaError } from '@ankasecure/contracts';

/** `service-unavailable`, with the time after which the same request can have another answer. */
export class TryLater extends AnkaError {
  readonly retryAfterSeconds: number;

  /** @param afterMs the time until another attempt, in milliseconds */
  constructor(detail: string, afterMs: number, options: ErrorOptions = {}) {
    super('service-unavailable', detail, options);
    this.retryAfterSeconds = Math.max(1, Math.ceil(afterMs / 1000));
  }
}
