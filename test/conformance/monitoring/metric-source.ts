import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { readWorkspace } from '../workspace.js';

/** A metric as a source defines it. */
export interface DefinedMetric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const ours = /^ankasecure_/;
const notShipped = /\.(spec|fixture|conformance)\.ts$|\/testing\/|\/dist\//;

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

/** A member of the object, or of a constant of the same file that it spreads. */
const memberOf = (object: ts.ObjectLiteralExpression, name: string): ts.ObjectLiteralElementLike | undefined =>
  object.properties.find((property) => property.name?.getText() === name) ??
  object.properties
    .filter(ts.isSpreadAssignment)
    .map(({ expression }) => constantOf(object.getSourceFile(), expression.getText()))
    .filter((constant) => constant !== undefined && ts.isObjectLiteralExpression(constant))
    .map((constant) => memberOf(constant, name))
    .find((member) => member !== undefined);

/** The value of a member; of `{ name }`, that of the constant of this name in the same file. */
const valueOf = (object: ts.ObjectLiteralExpression, name: string): ts.Node | undefined => {
  const member = memberOf(object, name);
  if (member === undefined) return undefined;
  const value = ts.isPropertyAssignment(member) ? member.initializer : member.name;
  return value !== undefined && ts.isIdentifier(value)
    ? constantOf(object.getSourceFile(), value.text)
    : value && plain(value);
};

const constantOf = (file: ts.SourceFile, name: string): ts.Node | undefined => {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found = node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found === undefined ? undefined : plain(found);
};

/** Without `as const`. */
const plain = (node: ts.Node): ts.Node => (ts.isAsExpression(node) ? node.expression : node);

const labelsOf = (object: ts.ObjectLiteralExpression): readonly string[] => {
  const value = valueOf(object, 'labelNames');
  return value !== undefined && ts.isArrayLiteralExpression(value)
    ? value.elements.map((element) => textOf(element) ?? '')
    : [];
};

const metricsIn = (file: ts.SourceFile): readonly DefinedMetric[] => {
  const found: DefinedMetric[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const name = textOf(valueOf(node, 'name'));
      const help = textOf(valueOf(node, 'help'));
      if (name !== undefined && help !== undefined && ours.test(name))
        found.push({ name, help, labels: labelsOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** The metrics that the services' sources define, by name. */
export const definedMetrics = (root: string): ReadonlyMap<string, DefinedMetric> => {
  const sources = readWorkspace(root).packages.flatMap(({ sources }) => sources);
  const paths = sources.map(({ path }) => path).filter((path) => path.endsWith('.ts') && !notShipped.test(path));
  const metrics = paths.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return text.includes('ankasecure_') ? metricsIn(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)) : [];
  });
  return new Map(metrics.map((metric) => [metric.name, metric]));
};
