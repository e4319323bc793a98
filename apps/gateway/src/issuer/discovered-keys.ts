import type { JWTVerifyGetKey } from 'jose';
import { isTrustworthy } from '../auth/identity.config.js';
import { RemoteKeys, unavailable } from '../auth/remote-keys.js';
import { isUnavailable } from '../auth/token-verifier.js';

/** How long what discovery said is gone by, in milliseconds. */
const goodFor = 3_600_000;

type Parts = ConstructorParameters<typeof RemoteKeys>;

/** An issuer's keys where its OpenID configuration says they are (OpenID Connect Discovery 1.0 §4). */
export class DiscoveredKeys {
  private keys: RemoteKeys | undefined;
  private jwksUri = '';
  private until = 0;

  constructor(
    private readonly issuer: string,
    private readonly outage: Parts[2],
    private readonly fetch: (url: string) => Promise<Response>,
  ) {}

  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.discovered();
    return keys.find(header, token);
  };

  /** What was discovered last goes on when it cannot be asked again: keys are remembered by who holds them. */
  private async discovered(): Promise<RemoteKeys> {
    if (this.keys !== undefined && Date.now() < this.until) return this.keys;
    try {
      const uri = await this.discover();
      if (this.keys === undefined || uri !== this.jwksUri)
        this.keys = new RemoteKeys(uri, this.issuer, this.outage, this.fetch);
      this.jwksUri = uri;
      this.until = Date.now() + goodFor;
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
