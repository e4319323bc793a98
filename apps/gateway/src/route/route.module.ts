import { type DynamicModule, Module } from '@nestjs/common';
import type { Route } from './route.js';

/** The rows that one domain adds to the API. */
export class DomainRoutes {
  constructor(readonly rows: readonly Route[]) {}
}

/** Registers a domain's table of routes. `routes.md` says why the API is a table and what this module does. */
@Module({})
export class RouteModule {
  static forDomain(...tables: readonly (readonly Route[])[]): DynamicModule {
    return { module: RouteModule, providers: [{ provide: DomainRoutes, useValue: new DomainRoutes(tables.flat()) }] };
  }
}
