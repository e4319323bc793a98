import { AnkaError, aliasName, noSuchKey, resolveAlias, uuid } from '@ankasecure/contracts';
import { BusClient } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Route } from '../route/route.js';
import { contextOf } from '../route/service-request.js';

/** Whether the path of a route names a key. */
export const namesKey = ({ unknownId, path }: Pick<Route, 'unknownId' | 'path'>): boolean =>
  unknownId === 'key-not-found' && path.includes('{id}');

/**
 * Finds the key that a path names by its alias. The alias is replaced by the id before anything is decided, kept for a second
 * person or bound to an Idempotency-Key, so all of them concern the key that the alias named when the request arrived.
 */
@Injectable()
export class KeyInPath {
  constructor(private readonly bus: BusClient) {}

  /** @throws AnkaError `key-not-found`, also for an unknown alias */
  async settle(request: FastifyRequest, { withinMs }: Route): Promise<void> {
    const params = request.params as { id: string };
    params.id = uuid.safeParse(params.id).data ?? (await this.keyOf(request, params.id, withinMs));
  }

  private async keyOf(request: FastifyRequest, name: string, withinMs: number): Promise<string> {
    if (!aliasName.safeParse(name).success) throw noSuchKey();
    const context = contextOf(request, request.principal, withinMs);
    try {
      return (await this.bus.request(resolveAlias, request.partition, context, { name })).keyId;
    } catch (error) {
      throw error instanceof AnkaError && error.code === 'alias-not-found' ? noSuchKey() : error;
    }
  }
}
