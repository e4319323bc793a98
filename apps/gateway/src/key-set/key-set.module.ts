import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { RouteModule } from '../route/route.module.js';
import { keySetRoute } from './key-set.routes.js';
import { KeySetEndpoint } from './key-set-endpoint.js';
import { KeySets } from './key-sets.js';
import { TenantSearch } from './tenant-search.js';

@Module({
  imports: [RouteModule.forDomain([keySetRoute]), HttpModule],
  providers: [TenantSearch, KeySets, KeySetEndpoint],
})
export class KeySetModule {}
