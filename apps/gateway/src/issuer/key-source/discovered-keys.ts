import { monotonicNow } from '@ankasecure/contracts';
import type { JWTVerifyGetKey } from 'jose';
import { isTrustworthy } from '../../auth/identity.config.js';
import { RemoteKeys, unavailable } from '../../auth/remote-keys.js';
import { isUnavailable } from '../../auth/token-verifier.js';

/** Milliseconds. */
const times = {
  /** The time for which a discovered location is used. */
  goodFor: 3_600_000,
  /** The time between two attempts after a failure. One request tries, and the others do not wait for it. */
  retryMs: 10_000,
};

type Parts = ConstructorParameters<typeof RemoteKeys>;

/** An issuer's keys from the location in its OpenID configuration (OpenID Connect Discovery 1.0 §4). */
export class DiscoveredKeys {
  private keys: RemoteKeys | undefined;
  private jwksUri = '';
  /** The time of the next fetch. */
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

  /** The last discovered location stays in use while it is fetched again, and when that fails. */
  private discovered(): Promise<RemoteKeys> | RemoteKeys {
    const { keys } = this;
    if (monotonicNow() < this.until) return keys ?? this.asking ?? Promise.reject(unavailable(this.until));
    this.until = monotonicNow() + times.retryMs;
    this.asking = this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<RemoteKeys> {
    try {
      const uri = await this.discover();
      if (this.keys === undefined || uri !== this.jwksUri)
        this.keys = new RemoteKeys(uri, this.issuer, this.outage, this.fetch);
      this.jwksUri = uri;
      this.until = monotonicNow() + times.goodFor;
    } catch (cause) {
      if (this.keys === undefined) throw isUnavailable(cause) ? cause : unavailable(this.until, cause);
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
