import {
  type Context,
  createTenant,
  type DryRun,
  disableTenant,
  enableTenant,
  findTenant,
  getTenant,
  listPartitions,
  listTenants,
  type RestoreReport,
  readTenant,
  restoreTenant,
  type Tenant,
} from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, MessagePattern, RequiresOutboxRoom } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { ReconcileChange } from '../policy/reconcile-change.js';
import { CreateTenant } from './create-tenant.js';
import { ReadTenant } from './read-tenant.js';
import { RestoreTenant } from './restore-tenant.js';
import { type SwitchRequest, SwitchTenant } from './switch-tenant.js';

@Controller()
export class TenantController {
  constructor(
    private readonly tenants: CreateTenant,
    private readonly reader: ReadTenant,
    private readonly switcher: SwitchTenant,
    private readonly reconciler: ReconcileChange,
    private readonly restorer: RestoreTenant,
  ) {}

  @MessagePattern(createTenant)
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  create(context: Context, request: z.infer<typeof createTenant.request>): Promise<Answer<Tenant | DryRun>> {
    return this.reconciler.watch(this.tenants.create(context, request));
  }

  @MessagePattern(listPartitions)
  async listPartitions(): Promise<Answer<z.infer<typeof listPartitions.reply>>> {
    return { body: { partitions: this.tenants.partitionNames() } };
  }

  @MessagePattern(listTenants)
  async list(
    context: Context,
    request: z.infer<typeof listTenants.request>,
  ): Promise<Answer<z.infer<typeof listTenants.reply>>> {
    return { body: await this.reader.list(context, request) };
  }

  @MessagePattern(getTenant)
  async get(context: Context): Promise<Answer<Tenant>> {
    return { body: await this.reader.get(context) };
  }

  @MessagePattern(restoreTenant)
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  async restore(context: Context): Promise<Answer<RestoreReport | DryRun>> {
    return { body: await this.restorer.restore(context) };
  }

  @MessagePattern(readTenant)
  async read(_: Context, request: z.infer<typeof readTenant.request>): Promise<Answer<Tenant>> {
    return { body: await this.reader.read(request) };
  }

  @MessagePattern(disableTenant.contract)
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  disable(context: Context, request: SwitchRequest): Promise<Answer<Tenant | DryRun>> {
    return this.reconciler.watch(this.switcher.turn(context, request, 'disabled'));
  }

  @MessagePattern(enableTenant.contract)
  @AnswersDryRuns()
  @RequiresOutboxRoom()
  enable(context: Context, request: SwitchRequest): Promise<Answer<Tenant | DryRun>> {
    return this.reconciler.watch(this.switcher.turn(context, request, 'active'));
  }

  @MessagePattern(findTenant)
  async find(_context: Context, request: z.infer<typeof findTenant.request>): Promise<Answer<Tenant>> {
    return { body: await this.reader.find(request) };
  }
}
