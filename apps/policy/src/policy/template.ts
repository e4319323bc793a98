import { AnkaError, type policyTemplate } from '@ankasecure/contracts';
import { type Template, templates } from '@ankasecure/policy-rules';
import type { z } from 'zod';

type Resource = z.infer<typeof policyTemplate>;

const resource = (template: Template): Resource => ({ ...template, sources: [...template.sources] });

export const listTemplates = (): { items: Resource[] } => ({ items: templates.map(resource) });

/** @throws AnkaError `policy-template-not-found` */
export const getTemplate = ({ template: name }: { template: string }): Resource => {
  const found = templates.find((template) => template.name === name);
  if (found === undefined) throw new AnkaError('policy-template-not-found');
  return resource(found);
};
