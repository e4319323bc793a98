/** A caller, as its token or its account names it. */
export interface Caller {
  readonly tenantId: string;
  readonly issuer: string;
  readonly subject: string;
}

/** The proof of a caller is genuine, and the caller is not admitted all the same. The message is only for the log and the trail. */
export class TurnedAway extends Error {
  constructor(
    readonly caller: Caller,
    reason: string,
  ) {
    super(reason);
  }
}
