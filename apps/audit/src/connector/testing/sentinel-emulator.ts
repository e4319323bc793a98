import { constants, hash, verify, X509Certificate } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Received, Reply } from './https-receiver.js';

const mostBytes = 1_048_576;
const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const decoded = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

/** The credentials that Entra knows of an application. */
export interface KnownCredentials {
  readonly secret?: string;
  readonly certificate?: string;
  readonly federated?: string;
}

/** The token endpoint of Entra and the Logs Ingestion API, by the vendor's description. */
export class SentinelEmulator {
  readonly rule = `dcr-${'0a'.repeat(16)}`;
  readonly stream = 'Custom-AnkaSecure_CL';
  readonly clientId = '11111111-2222-3333-4444-555555555555';
  readonly directory = 'contoso.example';
  tokensGiven = 0;
  private valid = new Set<string>();
  private isExpired = false;
  readonly records: Record<string, unknown>[] = [];

  constructor(private readonly known: KnownCredentials = { secret: 'entra-secret' }) {}

  readonly handle = (request: Received): Reply => {
    const { pathname, searchParams } = request.url;
    if (request.method !== 'POST') return { status: 405 };
    if (pathname === `/${this.directory}/oauth2/v2.0/token`) return this.giveToken(request);
    if (pathname !== `/dataCollectionRules/${this.rule}/streams/${this.stream}`)
      return json(404, { error: { code: 'NotFound' } });
    if (searchParams.get('api-version') !== '2023-01-01') return json(400, { error: { code: 'InvalidApiVersion' } });
    return this.take(request);
  };

  readonly events = (): string[] => this.records.map(({ EventId }) => String(EventId));

  readonly expire = (): void => {
    this.isExpired = true;
    this.revoke();
  };

  /** Refuses the tokens that were given. */
  revoke(): void {
    this.valid.clear();
  }

  private giveToken({ headers, body }: Received): Reply {
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return { status: 400 };
    const form = new URLSearchParams(body.toString());
    const isAsked =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === this.clientId &&
      form.get('scope') === 'https://monitor.azure.com/.default';
    if (!isAsked) return json(400, { error: 'invalid_request' });
    if (this.isExpired || !this.isProved(form))
      return json(401, { error: 'invalid_client', error_description: 'AADSTS7000215' });
    const token = `token-${this.tokensGiven++}`;
    this.valid.add(token);
    return json(200, { token_type: 'Bearer', expires_in: 3599, access_token: token });
  }

  private isProved(form: URLSearchParams): boolean {
    const { secret, certificate, federated } = this.known;
    if (secret !== undefined) return form.get('client_secret') === secret;
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') return false;
    const assertion = form.get('client_assertion') ?? '';
    if (federated !== undefined) return assertion === federated;
    return certificate !== undefined && this.isSigned(assertion, new X509Certificate(certificate));
  }

  private isSigned(assertion: string, { publicKey, raw }: X509Certificate): boolean {
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const { alg, typ, 'x5t#S256': thumbprint } = decoded(header);
    const { aud, iss, sub, exp, nbf } = decoded(claims);
    const seconds = Date.now() / 1000;
    const pss = {
      key: publicKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    return (
      alg === 'PS256' &&
      typ === 'JWT' &&
      thumbprint === hash('sha256', raw, 'base64url') &&
      String(aud).endsWith(`/${this.directory}/oauth2/v2.0/token`) &&
      iss === this.clientId &&
      sub === this.clientId &&
      Number(nbf) <= seconds + 60 &&
      Number(exp) > seconds &&
      verify('sha256', Buffer.from(`${header}.${claims}`), pss, Buffer.from(signature, 'base64url'))
    );
  }

  private take({ headers, body }: Received): Reply {
    const token = String(headers['authorization']).replace(/^Bearer /, '');
    if (!this.valid.has(token)) return json(401, { error: { code: 'InvalidToken' } });
    if (headers['content-type'] !== 'application/json') return json(415, { error: { code: 'UnsupportedMediaType' } });
    const inflated = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (body.length > mostBytes || inflated.length > mostBytes)
      return json(413, { error: { code: 'ContentLengthLimitExceeded' } });
    const records = JSON.parse(inflated.toString()) as Record<string, unknown>[];
    if (!Array.isArray(records)) return json(400, { error: { code: 'InvalidPayload' } });
    this.records.push(...records);
    return { status: 204 };
  }
}
