/** The error codes of a token endpoint (RFC 6749 §5.2). */
const statuses = { invalid_request: 400, unsupported_grant_type: 400, invalid_client: 401 } as const;

/** A refusal in OAuth's format, which client libraries expect from a token endpoint. */
export class OAuthError extends Error {
  constructor(
    readonly code: keyof typeof statuses,
    readonly description: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${description}`, options);
  }
  get status(): number {
    return statuses[this.code];
  }
}
