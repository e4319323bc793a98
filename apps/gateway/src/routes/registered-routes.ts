import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Route } from '../route/route.js';
import { DomainRoutes } from '../route/route.module.js';
import { RouteTable } from '../route/route-table.js';

const idsOf = (rows: readonly Route[]): string => rows.map(({ operationId }) => operationId).join(', ');

/** The rows that the domains' modules register, compared with the table that describes the API. */
@Injectable()
export class RegisteredRoutes {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly table: RouteTable,
  ) {}

  /** @throws Error if a row is described and not registered, or registered and not described */
  rows(): readonly Route[] {
    const providers: readonly { readonly instance?: unknown }[] = this.discovery.getProviders();
    const registered = new Set(
      providers.flatMap(({ instance }) => (instance instanceof DomainRoutes ? instance.rows : [])),
    );
    const described = new Set(this.table.rows);
    const unserved = [...described].filter((row) => !registered.has(row));
    if (unserved.length > 0) throw new Error(`no module registers the routes ${idsOf(unserved)}`);
    const undescribed = [...registered].filter((row) => !described.has(row));
    if (undescribed.length > 0) throw new Error(`the table of routes lacks ${idsOf(undescribed)}`);
    return this.table.rows;
  }
}
