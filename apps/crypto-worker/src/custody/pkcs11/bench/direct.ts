import pkcs11js from 'pkcs11js';
import { controlMemory, shared } from '../job/control.js';
import type { Reply } from '../job/frame.js';
import { operationNumber, status } from '../job/job.js';
import { checkObject } from '../operation/check-object.js';
import { perform } from '../operation/perform.js';
import { unwrapForUse } from '../operation/wrap-key.js';
import { defaultTuning } from '../profile/config.js';
import { TokenSession } from '../session/token-session.js';
import { UnwrappedKeys } from '../session/unwrapped-key.js';
import type { TokenModule } from '../token/token-module.js';
import type { DirectJob } from './operation.js';

/** A lane's session in the calling thread: only the work of the token and the binding. */
export class DirectSession {
  private readonly session: TokenSession;

  constructor(module: TokenModule) {
    const p11 = new pkcs11js.PKCS11();
    p11.load(module.libraryPath);
    const { libraryPath, slot, profile } = module;
    const { handleCacheSize } = defaultTuning;
    const settings = { libraryPath, slot, profile, handleCacheSize };
    const unwrapped = new UnwrappedKeys(p11, 0, unwrapForUse);
    this.session = new TokenSession(p11, controlMemory(shared.size), settings, unwrapped, checkObject);
  }

  run({ operation, variant, parts }: DirectJob): Buffer[] {
    return this.answered(operation, { variant, parts: [...parts] });
  }

  generate(locator: Buffer): void {
    this.answered('generate', { variant: 0, parts: [locator] });
  }

  close(): void {
    this.session.close();
  }

  private answered(
    operation: Parameters<typeof operationNumber>[0],
    request: { readonly variant: number; readonly parts: Buffer[] },
  ): Buffer[] {
    const job = { ...request, operation: operationNumber(operation), deadline: Number.MAX_SAFE_INTEGER };
    const reply: Reply = perform(this.session, job);
    if (reply.status !== status.done)
      throw new Error(`${operation} ended with ${reply.status}: ${Buffer.from(reply.parts[0] ?? []).toString()}`);
    return reply.parts.map((part) => Buffer.from(part));
  }
}
