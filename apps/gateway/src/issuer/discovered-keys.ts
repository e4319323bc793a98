import type { JWTVerifyGetKey } from 'jose';
import { isTrustworthy } from '../auth/identity.config.js';
import { RemoteKeys, unavailable } from '../auth/remote-keys.js';
import { isUnavailable } from '../auth/token-verifier.js';

/** Milliseconds. */
const times = {
  /** How long a discovered location is used. */
  goodFor: 3_600_000,
  /** One request per this time tries again after a failure. The others do not wait for it. */
  retryMs: 10_000,
};

type Parts = ConstructorParameters<typeof RemoteKeys>;

/** An issuer's keys where its OpenID configuration says they are (OpenID Connect Discovery 1.0 §4). */
export class DiscoveredKeys {
  private keys: RemoteKeys | undefined;
  private jwksUri = '';
  /** When it is to be asked again. */
  private until = 0;
  private asking: Promise<RemoteKeys> | undefined;

  constructor(
    private readonly issuer: string,
    private readonly outage: Parts[2],
    private readonly fetch: (url: string) => Promise<Response>,
  ) {}

  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.discovered();
    return keys.find(header, token);
  };

  /** What was discovered last goes on while it is asked again, and when that fails: keys are remembered by who holds them. */
  private discovered(): Promise<RemoteKeys> | RemoteKeys {
    const { keys } = this;
    if (Date.now() < this.until) return keys ?? this.asking ?? Promise.reject(unavailable());
    this.until = Date.now() + times.retryMs;
    this.asking = this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<RemoteKeys> {
    try {
      const uri = await this.discover();
      if (this.keys === undefined || uri !== this.jwksUri)
        this.keys = new RemoteKeys(uri, this.issuer, this.outage, this.fetch);
      this.jwksUri = uri;
      this.until = Date.now() + times.goodFor;
    } catch (cause) {
      if (this.keys === undefined) throw isUnavailable(cause) ? cause : unavailable(cause);
    }
    return this.keys;
  }

  private async discover(): Promise<string> {
    const path = '/.well-known/openid-configuration';
    const response = await this.fetch(`${this.issuer.replace(/\/$/, '')}${path}`);
    const { issuer, jwks_uri: uri } = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (issuer !== this.issuer) throw new Error('the configuration is that of another issuer');
    if (typeof uri !== 'string' || !isTrustworthy(uri))
      throw new Error('the configuration names no acceptable jwks_uri');
    return uri;
  }
}
