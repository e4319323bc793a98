import * as contracts from '@ankasecure/contracts';
import { type RawAnswer, RawMessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import { NeedsToken } from '../group/needs-token.js';
import { RunOperation } from '../operation/run-operation.js';
import { Verbs } from './verbs.js';

/** Serves the crypto routes. Their bodies stay bytes until they are parsed, once. */
@Controller()
export class CryptoController {
  constructor(
    private readonly runner: RunOperation,
    private readonly verbs: Verbs,
  ) {}

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
    return this.runner.run(this.verbs.reencrypt, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.resign.contract)
  resign(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.resign, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.random.contract)
  random(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.random, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.dataKey.contract)
  dataKey(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.dataKey, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.requestCertificate.contract)
  csr(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.csr, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.wrap.contract)
  wrap(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.wrap, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.unwrap.contract)
  unwrap(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(this.verbs.unwrap, context, body);
  }
}
