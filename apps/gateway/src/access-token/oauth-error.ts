/** What a token endpoint may say (RFC 6749 §5.2). */
const statuses = { invalid_request: 400, unsupported_grant_type: 400, invalid_client: 401 } as const;

/** A refusal in the words of OAuth, which clients' libraries understand at a token endpoint. */
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
