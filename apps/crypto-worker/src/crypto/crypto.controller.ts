import * as contracts from '@ankasecure/contracts';
import { type RawAnswer, RawMessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import { NeedsToken } from '../group/needs-token.js';
import { AttemptItem } from '../operation/attempt-item.js';
import { operations } from '../operation/operation.js';
import { RunOperation } from '../operation/run-operation.js';
import { type Verb, verbOf } from '../operation/verb.js';
import { dataKey } from './data-key.js';
import { RandomBytes } from './random-bytes.js';
import { Reencrypt } from './reencrypt.js';

type OperationName = (typeof operations)[number]['name'];

/** Serves the crypto routes. Their bodies stay bytes until they are parsed, once. */
@Controller()
export class CryptoController {
  private readonly verbs: Readonly<Record<OperationName | 'datakey', Verb>>;

  constructor(
    private readonly runner: RunOperation,
    items: AttemptItem,
    private readonly reencryption: Reencrypt,
    private readonly randomBytes: RandomBytes,
  ) {
    const [encrypt, decrypt, sign, verify, encapsulate, decapsulate] = operations;
    this.verbs = {
      encrypt: verbOf(items, encrypt),
      decrypt: verbOf(items, decrypt),
      sign: verbOf(items, sign),
      verify: verbOf(items, verify),
      encapsulate: verbOf(items, encapsulate),
      decapsulate: verbOf(items, decapsulate),
      datakey: verbOf(items, dataKey),
    };
  }

  @NeedsToken()
  @RawMessagePattern(contracts.encrypt.contract)
  encrypt(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.encrypt, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.decrypt.contract)
  decrypt(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.decrypt, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.sign.contract)
  sign(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.sign, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.verify.contract)
  verify(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.verify, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.encapsulate.contract)
  encapsulate(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.encapsulate, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.decapsulate.contract)
  decapsulate(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.decapsulate, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.reencrypt.contract)
  reencrypt(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.reencryption, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.random.contract)
  random(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.randomBytes, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.dataKey.contract)
  dataKey(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.datakey, context, body);
  }
}
