import {
  type Alias,
  activateKey,
  type Context,
  type Contract,
  cancelDestruction,
  compromiseKey,
  type DryRun,
  deactivateKey,
  deleteAlias,
  deleteKey,
  deleteRotationPolicy,
  editKey,
  getAlias,
  getKeySet,
  getKeyUsage,
  getKeyVersion,
  getPublicKey,
  getRotationPolicy,
  type Key,
  listAliases,
  listKeyVersions,
  putAlias,
  putRotationPolicy,
  type RotationPolicy,
  resumeKey,
  revokeKey,
  rotateKey,
  scheduleDestruction,
  suspendKey,
} from '@ankasecure/contracts';
import type { Answer, Bus, Outbox, Served } from '@ankasecure/service-kit';
import type { ModuleRef } from '@nestjs/core';
import type { z } from 'zod';
import { KeyAliases } from './alias/key-alias.js';
import type { WorkerConfig } from './config.js';
import { ReadKeySet } from './key/key-set.js';
import { ReadUsage } from './key/key-usage.js';
import { ReadKey } from './key/read-key.js';
import { ChangeState } from './life/change-state.js';
import { Destruction } from './life/destruction.js';
import { EditKey } from './life/edit-key.js';
import type { StateChange } from './life/plan-change.js';
import { RotationPolicies } from './life/rotation-policy.js';
import { type Rotated, RotateKey } from './making/rotate-key.js';
import { recordingDenial } from './outcome/denial.js';
import { GroupCommit } from './outcome/group-commit.js';

/** What it takes to serve. */
export interface Serving {
  readonly bus: Bus;
  readonly outbox: Outbox;
  readonly modules: ModuleRef;
}

type Work<Request, Result> = (context: Context, request: Request) => Promise<Result>;

/** Nothing is done, or tried, that could not be recorded. */
const recordedIn =
  (outbox: Outbox) =>
  <Request, Result>(work: Work<Request, Result>): Work<Request, Result> =>
  (context, request) => {
    outbox.assertRoom();
    return work(context, request);
  };

/**
 * The two handlers that the bus wants of a method with dry runs: both call the method, and the context says how far it goes.
 */
export const bothHandlers = <Request, Result, Body>(
  work: Work<Request, Result | DryRun>,
  answer: (result: Result) => Answer<Body>,
): readonly [Work<Request, Answer<Body>>, Work<Request, DryRun>] => [
  async (context, request) => answer((await work(context, request)) as Result),
  async (context, request) => (await work(context, request)) as DryRun,
];

const serveAliases = ({ bus, outbox, modules }: Serving, partition: string): void => {
  const aliases = modules.get(KeyAliases);
  const recorded = recordedIn(outbox);
  const outcomes = modules.get(GroupCommit);
  const answer = (body: Alias): Answer<Alias> => ({ body, revision: body.revision });
  bus.serve(getAlias, partition, async (context, request) => {
    const about = { operation: 'alias.get', keyId: null, details: { alias: request.name } };
    return answer(await recordingDenial(outcomes, context, about, () => aliases.get(context, request)));
  });
  bus.serve(listAliases, partition, async (context, request) => ({ body: await aliases.list(context, request) }));
  bus.serve(
    putAlias.contract,
    partition,
    ...bothHandlers(
      recorded((context, request: z.infer<typeof putAlias.contract.request>) => aliases.put(context, request)),
      answer,
    ),
  );
  bus.serve(
    deleteAlias,
    partition,
    ...bothHandlers(
      recorded((context, request: z.infer<typeof deleteAlias.request>) => aliases.remove(context, request)),
      answer,
    ),
  );
};

/** Puts the life of keys on the bus: the verbs that change it, and what there is to see of it. @returns what needs the token */
export const serveLifecycle = (
  { bus, outbox, modules }: Serving,
  { partition, lifecycle }: WorkerConfig,
): readonly Served[] => {
  const states = modules.get(ChangeState);
  const rotator = modules.get(RotateKey);
  const usage = modules.get(ReadUsage);
  const policies = modules.get(RotationPolicies);
  const editor = modules.get(EditKey);
  const reader = modules.get(ReadKey);
  const outcomes = modules.get(GroupCommit);
  const sets = modules.get(ReadKeySet);
  const recorded = recordedIn(outbox);
  /** @param planned the change that a request asks for, and its waiting where it is a destruction */
  const serveChange = <Request extends z.ZodType>(
    contract: Contract<Request, z.ZodType<Key>>,
    planned: (request: z.infer<Request>) => readonly [StateChange, Destruction?],
  ): Served =>
    bus.serve(
      contract,
      partition,
      ...bothHandlers(
        recorded((context, request: z.infer<Request>) => states.change(context, ...planned(request))),
        (body: Key) => ({ body, revision: body.revision }),
      ),
    );

  for (const [verb, { contract }] of [
    ['activate', activateKey],
    ['suspend', suspendKey],
    ['resume', resumeKey],
    ['deactivate', deactivateKey],
    ['cancel-destroy', cancelDestruction],
  ] as const)
    serveChange(contract, (request) => [{ verb, ...request }]);
  serveChange(revokeKey.contract, ({ id, version, ...revocation }) => [{ verb: 'revoke', id, version, revocation }]);
  serveChange(compromiseKey.contract, ({ id, version, ...about }) => [
    { verb: 'compromise', id, version, revocation: { reason: 'key-compromise', ...about } },
  ]);
  const schedule = (id: string, waitingDays: number, version?: number) =>
    [{ verb: 'schedule-destroy', id, version }, new Destruction(waitingDays, lifecycle.minimumWaitingDays)] as const;
  serveChange(scheduleDestruction.contract, ({ id, waitingDays, version }) => schedule(id, waitingDays, version));
  serveChange(deleteKey, ({ id, waitingDays }) => schedule(id, waitingDays));
  bus.serve(
    editKey.contract,
    partition,
    ...bothHandlers(
      recorded((context, request: z.infer<typeof editKey.contract.request>) => editor.edit(context, request)),
      (body: Key) => ({ body, revision: body.revision }),
    ),
  );

  /** What leaves no trace of its own but that it was refused. */
  const about =
    <Request extends { readonly id: string }, Body>(
      operation: string,
      work: (context: Context, request: Request) => Promise<Body>,
    ) =>
    async (context: Context, request: Request): Promise<Answer<Body>> => ({
      body: await recordingDenial(outcomes, context, { operation, keyId: request.id }, () => work(context, request)),
    });
  bus.serve(
    listKeyVersions,
    partition,
    about('key.versions.list', (context, request) => reader.versions(context, request)),
  );
  bus.serve(
    getKeyVersion,
    partition,
    about('key.version.get', (context, request: z.infer<typeof getKeyVersion.request>) =>
      reader.version(context, request),
    ),
  );
  bus.serve(
    getPublicKey,
    partition,
    about('key.public-key.get', (context, request: z.infer<typeof getPublicKey.request>) =>
      reader.publicKey(context, request),
    ),
  );
  bus.serve(getKeySet, partition, async (context) => ({ body: await sets.of(context) }));
  serveAliases({ bus, outbox, modules }, partition);
  bus.serve(
    getKeyUsage,
    partition,
    about('key.usage.get', (context, request) => usage.of(context, request)),
  );
  bus.serve(
    getRotationPolicy,
    partition,
    about('key.rotation-policy.get', (context, request) => policies.get(context, request)),
  );
  bus.serve(
    putRotationPolicy.contract,
    partition,
    ...bothHandlers(
      recorded((context, request: z.infer<typeof putRotationPolicy.contract.request>) =>
        policies.put(context, request),
      ),
      (body: RotationPolicy) => ({ body }),
    ),
  );
  bus.serve(
    deleteRotationPolicy,
    partition,
    ...bothHandlers(
      recorded((context, request: z.infer<typeof deleteRotationPolicy.request>) => policies.remove(context, request)),
      (body: RotationPolicy) => ({ body }),
    ),
  );
  return [
    bus.serve(
      rotateKey.contract,
      partition,
      ...bothHandlers(
        recorded((context, request: z.infer<typeof rotateKey.contract.request>) =>
          rotator.rotate(context, { ...request, trigger: 'request' }),
        ),
        ({ key: body, notice }: Rotated) => ({ body, revision: body.revision, notice }),
      ),
    ),
  ];
};
