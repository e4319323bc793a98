import * as contracts from '@ankasecure/contracts';
import { type RawAnswer, RawMessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import { NeedsToken } from '../group/needs-token.js';
import { operations } from './operation.js';
import { RunOperation } from './run-operation.js';

const [encrypt, decrypt, sign, verify, encapsulate, decapsulate] = operations;

/** Serves the crypto operations. Their bodies stay bytes until the operation parses them, once. */
@Controller()
export class OperationController {
  constructor(private readonly runner: RunOperation) {}

  @NeedsToken()
  @RawMessagePattern(contracts.encrypt.contract)
  encrypt(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(encrypt, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.decrypt.contract)
  decrypt(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(decrypt, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.sign.contract)
  sign(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(sign, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.verify.contract)
  verify(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(verify, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.encapsulate.contract)
  encapsulate(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(encapsulate, context, body);
  }

  @NeedsToken()
  @RawMessagePattern(contracts.decapsulate.contract)
  decapsulate(context: contracts.Context, body: Buffer): Promise<RawAnswer> {
    return this.runner.run(decapsulate, context, body);
  }
}
