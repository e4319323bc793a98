import { ConfigModule, CursorSeal, provided } from '@ankasecure/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import type { PolicyConfig } from './config.js';
import { PolicyModule } from './policy/policy.module.js';
import { PartitionConfig } from './tenancy/partition.config.js';
import { TenancyModule } from './tenancy/tenancy.module.js';

/** The policy service: tenants and their policies. */
@Module({})
export class AppModule {
  static of(config: PolicyConfig): DynamicModule {
    const sections = ConfigModule.of(
      provided(PartitionConfig, config),
      provided(CursorSeal, new CursorSeal(config.cursorSecret)),
    );
    return { module: AppModule, imports: [sections, PolicyModule, TenancyModule] };
  }
}
