import { AnkaError, errors, isOnRecord } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { RefusalRecord } from '../audit/refusal-record.js';
import { IdentityConfig, serviceAccountsOf } from '../auth/identity.config.js';
import type { Claim } from './client-authentication.js';
import { IssueToken, type TokenAnswer } from './issue-token.js';
import { OAuthError, type RefusedAccount } from './oauth-error.js';

/** Anyone can name an account, so what is refused in its name has fewer events of its own: ten at once, and one in ten seconds. */
const rate = { burst: 10, perSecond: 0.1 };

/** A failure of the platform is no refusal. */
const codeOf = (error: unknown): string | undefined => {
  if (error instanceof OAuthError) return error.code;
  if (!(error instanceof AnkaError) || errors[error.code].status >= 500 || isOnRecord(error)) return undefined;
  return error.code;
};

const reasonOf = ({ cause }: Error): Readonly<Record<string, string>> =>
  cause instanceof Error && cause.message !== '' ? { reason: cause.message.slice(0, 512).toWellFormed() } : {};

/** Answers clients that ask for tokens. What an account is refused is on record before it is answered. */
@Injectable()
export class TokenRequests {
  constructor(
    private readonly tokens: IssueToken,
    private readonly refusals: RefusalRecord,
    private readonly config: IdentityConfig,
  ) {}

  /** @throws OAuthError `invalid_client`, always the same; AnkaError when a part of the platform is unavailable */
  async answer(claim: Claim): Promise<TokenAnswer> {
    let account: RefusedAccount | undefined;
    try {
      const client = await this.tokens.authenticate(claim);
      account = client.account;
      return await this.tokens.issue(client, claim);
    } catch (error) {
      if (error instanceof OAuthError) account = error.account;
      const code = codeOf(error);
      if (account !== undefined && code !== undefined) await this.note(account, claim, code, error as Error);
      throw error;
    }
  }

  /**
   * Records that the request of an account has a wrong form, if a proof in it is genuine: anyone can send a form.
   * @throws AnkaError when a part of the platform is unavailable
   */
  async malformed(claim: Claim, error: unknown): Promise<void> {
    const code = codeOf(error);
    const account = code === undefined ? undefined : await this.tokens.provenBy(claim);
    if (account !== undefined && code !== undefined) await this.note(account, claim, code, error as Error);
  }

  private note(
    { tenantId, id: subject }: RefusedAccount,
    { correlationId, clientAddress }: Claim,
    failureCode: string,
    error: Error,
  ): Promise<void> {
    const { issuer } = serviceAccountsOf(this.config);
    return this.refusals.write({
      caller: { tenantId, issuer, subject },
      request: { id: correlationId, clientAddress },
      operation: 'token.issue',
      failureCode,
      operationId: 'issueToken',
      details: reasonOf(error),
      rate,
    });
  }
}
