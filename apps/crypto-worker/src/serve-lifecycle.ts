import {
  activateKey,
  type Context,
  compromiseKey,
  deactivateKey,
  getKeyVersion,
  type Key,
  listKeyVersions,
  resumeKey,
  revokeKey,
  suspendKey,
} from '@ankasecure/contracts';
import type { Answer, Bus, Outbox } from '@ankasecure/service-kit';
import type { ModuleRef } from '@nestjs/core';
import { type Change, ChangeState } from './key/change-state.js';
import { isCompromise } from './key/key-state.js';
import { ReadKey } from './key/read-key.js';

/** What it takes to serve. */
export interface Serving {
  readonly bus: Bus;
  readonly outbox: Outbox;
  readonly modules: ModuleRef;
}

/** Puts the life of keys on the bus: the verbs that change it, and what there is to see of it. */
export const serveLifecycle = ({ bus, outbox, modules }: Serving, partition: string): void => {
  const states = modules.get(ChangeState);
  const reader = modules.get(ReadKey);
  const changed = async (context: Context, change: Change): Promise<Answer<Key>> => {
    outbox.assertRoom();
    const body = await states.change(context, change);
    return { body, revision: body.revision };
  };

  for (const [verb, { contract }] of [
    ['activate', activateKey],
    ['suspend', suspendKey],
    ['resume', resumeKey],
    ['deactivate', deactivateKey],
  ] as const)
    bus.serve(contract, partition, (context, request) => changed(context, { verb, move: verb, ...request }));
  bus.serve(revokeKey.contract, partition, (context, { id, version, ...revocation }) => {
    const move = isCompromise(revocation.reason) ? 'compromise' : 'revoke';
    return changed(context, { verb: 'revoke', move, id, version, revocation });
  });
  bus.serve(compromiseKey.contract, partition, (context, { id, version, ...about }) => {
    const revocation = { reason: 'key-compromise', ...about } as const;
    return changed(context, { verb: 'compromise', move: 'compromise', id, version, revocation });
  });
  bus.serve(listKeyVersions, partition, async (context, request) => ({
    body: await reader.versions(context, request),
  }));
  bus.serve(getKeyVersion, partition, async (context, request) => ({ body: await reader.version(context, request) }));
};
