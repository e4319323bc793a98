import type { Route } from './route.js';

/** Every row of the API, in the order of the description. */
export class RouteTable {
  constructor(readonly rows: readonly Route[]) {}
}
