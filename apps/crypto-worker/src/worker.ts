import {
  applyPolicy,
  computeMacs,
  evaluatePolicyChange,
  getKek,
  type Kek,
  rotateKek,
  signToken,
} from '@ankasecure/contracts';
import { Bus, Outbox } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SignToken } from './access-token/sign-token.js';
import { ComputeMac } from './audit-mac/compute-mac.js';
import { Partition } from './custody/partition.js';
import { StepAside } from './group/step-aside.js';
import { ReadKek } from './kek/read-kek.js';
import { RewrapKeys } from './kek/rewrap-keys.js';
import { RotateKek } from './kek/rotate-kek.js';
import { type Operation, operations } from './operation/operation.js';
import { RunOperation } from './operation/run-operation.js';
import { ApplyPolicy } from './policy-change/apply-policy.js';
import { EvaluateChange } from './policy-change/evaluate-change.js';

/** Serves the contracts that have no controller yet. */
@Injectable()
export class Worker implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly partition: Partition,
    private readonly bus: Bus,
    private readonly outbox: Outbox,
    private readonly modules: ModuleRef,
  ) {}

  onApplicationBootstrap(): void {
    const { name: partition } = this.partition;
    this.serveKeks(partition);
    this.servePlatform(partition);
    this.serveOperations(partition);
    this.modules.get(StepAside).start();
    this.modules.get(RewrapKeys).start(partition);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.modules.get(StepAside).stop();
    await this.modules.get(RewrapKeys).stop();
  }

  private serveKeks(partition: string): void {
    const reader = this.modules.get(ReadKek);
    const rotator = this.modules.get(RotateKek);
    this.bus.serve(getKek, partition, async (context) => ({ body: await reader.get(context) }));
    this.bus.serve(
      rotateKek,
      partition,
      async (context) => {
        this.outbox.assertRoom();
        return { body: (await rotator.rotate(context)) as Kek };
      },
      async (context) => {
        this.outbox.assertRoom();
        return (await rotator.rotate(context)) as never;
      },
    );
  }

  private servePlatform(partition: string): void {
    const changes = this.modules.get(EvaluateChange);
    const applier = this.modules.get(ApplyPolicy);
    const macs = this.modules.get(ComputeMac);
    const tokens = this.modules.get(SignToken);
    this.bus.serve(evaluatePolicyChange, partition, async (context, request) => ({
      body: await changes.evaluate(context, request),
    }));
    this.bus.serve(applyPolicy, partition, async (context, request) => ({
      body: await applier.apply(context, request),
    }));
    this.bus.serve(signToken, partition, async (context, request) => {
      this.outbox.assertRoom();
      return { body: await tokens.sign(context, request) };
    });
    this.bus.serve(computeMacs, partition, async (context, request) => ({
      body: await macs.compute(context, request),
    }));
  }

  private serveOperations(partition: string): void {
    const runner = this.modules.get(RunOperation);
    const serve = <Item, Parsed>(operation: Operation<Item, Parsed>): void =>
      void this.bus.serveRaw(operation.contract, partition, (context, body) => runner.run(operation, context, body));
    const [encrypt, decrypt, sign, verify] = operations;
    serve(encrypt);
    serve(decrypt);
    serve(sign);
    serve(verify);
  }
}
