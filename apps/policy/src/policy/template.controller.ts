import {
  AnkaError,
  type Context,
  getPolicyTemplate,
  listPolicyTemplates,
  type policyTemplate,
} from '@ankasecure/contracts';
import { type Template, templates } from '@ankasecure/policy-rules';
import { type Answer, MessagePattern } from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';

type Resource = z.infer<typeof policyTemplate>;

const resource = (template: Template): Resource => ({ ...template, sources: [...template.sources] });

/** Serves the templates, which are part of the code. */
@Controller()
export class TemplateController {
  @MessagePattern(listPolicyTemplates)
  async list(): Promise<Answer<{ items: Resource[] }>> {
    return { body: { items: templates.map(resource) } };
  }

  /** @throws AnkaError `policy-template-not-found` */
  @MessagePattern(getPolicyTemplate)
  async get(_context: Context, { template: name }: { template: string }): Promise<Answer<Resource>> {
    const found = templates.find((template) => template.name === name);
    if (found === undefined) throw new AnkaError('policy-template-not-found');
    return { body: resource(found) };
  }
}
