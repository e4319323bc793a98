import { hash } from 'node:crypto';
import {
  type ConnectorReplay,
  type ConnectorResource,
  type ConnectorTest,
  type Context,
  createConnector,
  type DryRun,
  deleteConnector,
  editConnector,
  getConnector,
  listConnectors,
  replayConnector,
  resumeConnector,
  testConnector,
} from '@ankasecure/contracts';
import { type Answer, AnswersDryRuns, CursorSeal, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { ChangeConnectors } from '../change/change-connectors.js';
import { SealedConnectors } from '../change/sealed-connectors.js';
import { TestConnector } from '../trial/test-connector.js';

type ById = z.infer<typeof getConnector.request>;

/** The status changes without the connector: another one is another variant. */
const variantOf = ({ status }: ConnectorResource): string =>
  hash('sha256', JSON.stringify(status), 'base64url').slice(0, 22);

const answered = <Body extends ConnectorResource | DryRun>(body: Body): Answer<Body> =>
  'dryRun' in body ? { body } : { body, revision: body.revision, id: body.id, variant: variantOf(body) };

@Controller()
export class ConnectorController {
  constructor(
    private readonly connectors: SealedConnectors,
    private readonly changes: ChangeConnectors,
    private readonly tests: TestConnector,
    private readonly cursors: CursorSeal,
  ) {}

  @MessagePattern(listConnectors)
  async list(
    context: Context,
    { limit, cursor }: z.infer<typeof listConnectors.request>,
  ): Promise<Answer<z.infer<typeof listConnectors.reply>>> {
    const { tenantId } = context;
    const scope = { tenantId, listing: 'connectors', filter: {} };
    const before = cursor === undefined ? undefined : this.cursors.open(scope, cursor);
    const left = (await this.connectors.heads(context)).all.filter(({ id }) => before === undefined || id < before);
    const page = left.slice(0, limit);
    const read = await Promise.all(page.map((head) => this.connectors.resource(context, head)));
    const items = read.filter((item) => item !== undefined);
    const last = page.at(-1);
    const next = left.length > limit && last !== undefined ? this.cursors.seal(scope, last.id) : null;
    return { body: { items, next } };
  }

  @MessagePattern(getConnector)
  async get(context: Context, { id }: ById): Promise<Answer<ConnectorResource>> {
    return answered(await this.connectors.shown(await this.connectors.found(context, id)));
  }

  @MessagePattern(createConnector)
  @AnswersDryRuns()
  async create(
    context: Context,
    request: z.infer<typeof createConnector.request>,
  ): Promise<Answer<ConnectorResource | DryRun>> {
    return answered(await this.changes.create(context, request));
  }

  @MessagePattern(editConnector.contract)
  @AnswersDryRuns()
  async edit(
    context: Context,
    request: z.infer<typeof editConnector.contract.request>,
  ): Promise<Answer<ConnectorResource | DryRun>> {
    return answered(await this.changes.edit(context, request));
  }

  @MessagePattern(deleteConnector)
  @AnswersDryRuns()
  async delete(context: Context, { id }: ById): Promise<Answer<z.infer<typeof deleteConnector.reply> | DryRun>> {
    const body = await this.changes.delete(context, id);
    return 'dryRun' in body ? { body } : { body, revision: body.revision };
  }

  @MessagePattern(resumeConnector.contract)
  @AnswersDryRuns()
  async resume(context: Context, { id }: ById): Promise<Answer<ConnectorResource | DryRun>> {
    return answered(await this.changes.resume(context, id));
  }

  @MessagePattern(replayConnector.contract)
  @AnswersDryRuns()
  async replay(
    context: Context,
    { id, ...asked }: z.infer<typeof replayConnector.contract.request>,
  ): Promise<Answer<ConnectorReplay | DryRun>> {
    return { body: await this.changes.replay(context, id, asked) };
  }

  @MessagePattern(testConnector.contract)
  async test(context: Context, { id }: ById): Promise<Answer<ConnectorTest>> {
    return { body: await this.tests.test(context, id) };
  }
}
