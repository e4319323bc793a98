import type { EntraCredential, SettingsOf } from '@ankasecure/contracts';
import { z } from 'zod';
import type { ConnectorParts, Outcome } from '../connector.js';
import { exchange, jsonOf, wordsOf } from '../http/exchange.js';
import { type HttpSender, textOf } from '../http/http-sender.js';
import { outcomeOfStatus } from '../http/http-status.js';
import { clientAssertion } from './client-assertion.js';

const reply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** A token is replaced this long before its end, in milliseconds. */
const spareMs = 300_000;

/** Access tokens of Entra by client credentials (RFC 6749 §4.4), kept until shortly before their end. */
export class EntraToken {
  private held: { readonly token: string; readonly until: number } | undefined;
  private readonly url: string;

  constructor(
    private readonly parts: ConnectorParts<SettingsOf<'sentinel'>>,
    private readonly sender: HttpSender,
  ) {
    const { login, directory } = parts.settings;
    this.url = `${login.replace(/\/$/, '')}/${directory}/oauth2/v2.0/token`;
  }

  /** @returns the token, or why there is none */
  async get(signal: AbortSignal): Promise<string | Outcome> {
    if (this.held !== undefined && this.parts.now() < this.held.until) return this.held.token;
    const { clientId, scope, credential } = this.parts.settings;
    const proof = await this.proofOf(credential);
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, scope, ...proof });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = { url: new URL(this.url), headers, body: Buffer.from(form.toString()) };
    return exchange<string | Outcome>(this.sender, request, signal, (answer) => {
      const read = reply.safeParse(jsonOf(answer.text));
      if (answer.status === 200 && read.success) return this.keep(read.data);
      if (answer.status === 200) return { result: 'retry', reason: 'Entra’s answer has no token.' };
      const outcome = outcomeOfStatus(answer, this.parts.now());
      return outcome.result === 'retry'
        ? outcome
        : { result: 'pause', reason: `Entra gives no token. ${wordsOf(answer)}` };
    });
  }

  /** Forgets a token that was refused. */
  drop(): void {
    this.held = undefined;
  }

  private keep({ access_token: token, expires_in: seconds }: z.infer<typeof reply>): string {
    this.held = { token, until: this.parts.now() + Math.max(seconds * 1000 - spareMs, 0) };
    return token;
  }

  private async proofOf(credential: EntraCredential): Promise<Readonly<Record<string, string>>> {
    const { secret, now, settings } = this.parts;
    if (credential.by === 'secret') return { client_secret: textOf(await secret(credential.secret)) };
    const about = { clientId: settings.clientId, audience: this.url, at: Math.floor(now() / 1000) };
    const assertion =
      credential.by === 'certificate'
        ? clientAssertion(await secret(credential.certificate), await secret(credential.key), about)
        : textOf(await secret(credential.token));
    return { client_assertion_type: jwtBearer, client_assertion: assertion };
  }
}
