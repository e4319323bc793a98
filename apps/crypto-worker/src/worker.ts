import {
  applyPolicy,
  computeMacs,
  createKey,
  evaluatePolicy,
  evaluatePolicyChange,
  getKey,
  listAlgorithms,
  listKeys,
  signToken,
} from '@ankasecure/contracts';
import { Bus, Outbox, PARTS, type Parts, type Served } from '@ankasecure/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { z } from 'zod';
import { SignToken } from './access-token/sign-token.js';
import { ComputeMac } from './audit-mac/compute-mac.js';
import type { WorkerConfig } from './config.js';
import { metered } from './deadline/metered.js';
import { serveGrants } from './grant/serve-grants.js';
import { StepAside } from './group/step-aside.js';
import { RewrapKeys } from './kek/rewrap-keys.js';
import { ReadKey } from './key/read-key.js';
import { Lease } from './lease/lease.js';
import { DestroyDue } from './life/destroy-due.js';
import { ForgetUnwrapped } from './life/forget-unwrapped.js';
import { Reconciler } from './life/reconcile.js';
import { RotateDue } from './life/rotate-due.js';
import { type CreatedKey, CreateKey } from './making/create-key.js';
import { type Operation, operations } from './operation/operation.js';
import { RunOperation } from './operation/run-operation.js';
import { recordingDenial } from './outcome/denial.js';
import { GroupCommit } from './outcome/group-commit.js';
import { EvaluatePolicy } from './policy/evaluate-policy.js';
import { ListAlgorithm } from './policy/list-algorithm.js';
import { ApplyPolicy } from './policy-change/apply-policy.js';
import { EvaluateChange } from './policy-change/evaluate-change.js';
import { serveKek } from './serve-kek.js';
import { bothHandlers, serveLifecycle } from './serve-lifecycle.js';

/** Puts the domain on the bus: which contract is served by what. Serves when what was left behind is reconciled, or a few seconds later. */
@Injectable()
export class Worker implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(PARTS) private readonly parts: Parts<WorkerConfig>,
    readonly bus: Bus,
    readonly outbox: Outbox,
    readonly modules: ModuleRef,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { partition } = this.parts.config;
    await this.modules.get(ForgetUnwrapped).start(partition);
    await this.modules.get(Reconciler).start(partition);
    this.serveRecords(partition);
    serveGrants(this, partition);
    const withToken = [
      ...serveLifecycle(this, this.parts.config),
      ...serveKek(this, partition),
      ...this.serveKeys(partition),
    ];
    this.serveOperations(partition);
    this.modules.get(StepAside).start();
    void withToken;
    this.modules.get(DestroyDue).start(partition);
    this.modules.get(RotateDue).start(partition);
    this.modules.get(RewrapKeys).start(partition);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.modules.get(StepAside).stop();
    const underWay = [DestroyDue, RotateDue, RewrapKeys, Reconciler, ForgetUnwrapped].map((part) =>
      this.modules.get<{ stop(): Promise<void> }>(part),
    );
    await Promise.all(underWay.map((part) => part.stop()));
    await this.modules.get(GroupCommit).close();
    await this.modules.get(Lease).release();
  }

  /** What the database alone answers. */
  private serveRecords(partition: string): void {
    const reader = this.modules.get(ReadKey);
    const lister = this.modules.get(ListAlgorithm);
    const evaluator = this.modules.get(EvaluatePolicy);
    const changes = this.modules.get(EvaluateChange);
    const outcomes = this.modules.get(GroupCommit);
    this.bus.serve(getKey, partition, async (context, request) => {
      const about = { operation: 'key.get', keyId: request.id };
      const body = await recordingDenial(outcomes, context, about, () => reader.get(context, request));
      return { body, revision: body.revision };
    });
    this.bus.serve(listKeys, partition, async (context, request) => ({ body: await reader.list(context, request) }));
    this.bus.serve(listAlgorithms, partition, async (context) => ({ body: await lister.list(context) }));
    this.bus.serve(evaluatePolicy, partition, async (context, request) => ({
      body: await evaluator.evaluate(context, request),
    }));
    this.bus.serve(evaluatePolicyChange, partition, async (context, request) => ({
      body: await changes.evaluate(context, request),
    }));
  }

  /** What makes or uses keys of the platform's or a tenant's own. */
  private serveKeys(partition: string): readonly Served[] {
    const creator = this.modules.get(CreateKey);
    const applier = this.modules.get(ApplyPolicy);
    const macs = this.modules.get(ComputeMac);
    const tokens = this.modules.get(SignToken);
    return [
      this.bus.serve(
        createKey,
        partition,
        ...bothHandlers(
          async (context, request: z.infer<typeof createKey.request>) => {
            this.outbox.assertRoom();
            return creator.create(context, request);
          },
          ({ key: body, notice }: CreatedKey) => ({ body, revision: body.revision, id: body.id, notice }),
        ),
      ),
      this.bus.serve(applyPolicy, partition, async (context, request) => ({
        body: await applier.apply(context, request),
      })),
      this.bus.serve(signToken, partition, async (context, request) => {
        this.outbox.assertRoom();
        const budget = metered(context);
        const body = await tokens.sign(budget, request);
        return { body, hsmMicros: budget.hsm.micros };
      }),
      this.bus.serve(computeMacs, partition, async (context, request) => ({
        body: await macs.compute(context, request),
      })),
    ];
  }

  private serveOperations(partition: string): readonly Served[] {
    const runner = this.modules.get(RunOperation);
    const serve = <Item, Parsed>(operation: Operation<Item, Parsed>): Served =>
      this.bus.serveRaw(operation.contract, partition, (context, body) => runner.run(operation, context, body));
    const [encrypt, decrypt, sign, verify] = operations;
    return [serve(encrypt), serve(decrypt), serve(sign), serve(verify)];
  }
}
