/** What a token endpoint answers (RFC 6749 §5.1). */
export interface IssuedToken {
  readonly value: string;
  /** Seconds from now. */
  readonly expiresIn: number;
}

/** A service account's proof of its identity at the token endpoint. */
export interface Credential {
  /** The form of one token request. An assertion in it is valid once. @param endpoint the URL of the token endpoint */
  form(endpoint: string): Promise<URLSearchParams>;
}

/** A token; or a function that is asked for one whenever the last one nears its end; or the credential of a service account. */
export type Authentication = string | (() => string | Promise<string>) | Credential;

export interface ClientCertificateOptions {
  readonly clientId: string;
}

/**
 * Authenticates by the certificate of the connection (RFC 8705 §2.2): give the client a `fetch` that shows it, such as
 * `mutualTlsFetch` of `@ankasecure/sdk/node`.
 */
export const clientCertificate = ({ clientId }: ClientCertificateOptions): Credential => ({
  form: async () => new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId }),
});
