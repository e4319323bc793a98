/** The error codes of a token endpoint (RFC 6749 §5.2). */
const statuses = { invalid_request: 400, unsupported_grant_type: 400, invalid_client: 401 } as const;

/** A service account that was refused. */
export interface RefusedAccount {
  readonly tenantId: string;
  readonly id: string;
}

/** A refusal in OAuth's format, which client libraries expect from a token endpoint. */
export class OAuthError extends Error {
  readonly account: RefusedAccount | undefined;
  readonly challenge: string | undefined;
  constructor(
    readonly code: keyof typeof statuses,
    readonly description: string,
    options: ErrorOptions & {
      /** The account that the client claimed to be, if it exists. */
      readonly account?: RefusedAccount | undefined;
      /** The scheme of the Authorization header by which the client tried to authenticate, for WWW-Authenticate. */
      readonly challenge?: string;
    } = {},
  ) {
    super(`${code}: ${description}`, options);
    this.account = options.account;
    this.challenge = options.challenge;
  }
  get status(): number {
    return statuses[this.code];
  }
}
