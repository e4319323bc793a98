import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A place that breaks a bound, as `path:line what`. */
export type Finding = string;

/** One figure of the sources: how it is found in a file. Its findings are empty for every file, or listed as exceptions. */
interface Figure {
  readonly what: string;
  find(file: ts.SourceFile): readonly { readonly node: ts.Node; readonly what: string }[];
}

const mostLines = 300;
const mostFunctionLines = 40;
const mostParameters = 5;

const lineOf = (file: ts.SourceFile, node: ts.Node): number =>
  file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

const linesOf = (file: ts.SourceFile, node: ts.Node): number =>
  file.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - lineOf(file, node);

const nodesOf = (file: ts.SourceFile): readonly ts.Node[] => {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
};

const isFunction = (node: ts.Node): boolean =>
  (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) || ts.isArrowFunction(node);

const nameOf = (node: ts.Node): string => {
  const named = ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : node;
  const name = (named as { name?: ts.Node }).name;
  return name === undefined ? 'a function' : name.getText();
};

const sql = /^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|LOCK|LISTEN|NOTIFY)\s/;

/** A text that is a statement of SQL. */
const isSql = (node: ts.Node): boolean =>
  (ts.isStringLiteralLike(node) && sql.test(node.text)) || (ts.isTemplateExpression(node) && sql.test(node.head.text));

const all = (file: ts.SourceFile, test: (node: ts.Node) => boolean, what: (node: ts.Node) => string) =>
  nodesOf(file)
    .filter(test)
    .map((node) => ({ node, what: what(node) }));

/** The figures of the house: each is zero but for the exceptions that `figure.spec.ts` lists with their reasons. */
export const figures = {
  longFiles: {
    what: `files of more than ${mostLines} lines`,
    find: (file) => {
      const lines = file.getLineStarts().length - 1;
      return lines > mostLines ? [{ node: file, what: `${lines} lines` }] : [];
    },
  },
  longFunctions: {
    what: `functions of more than ${mostFunctionLines} lines`,
    find: (file) =>
      all(
        file,
        (node) => isFunction(node) && linesOf(file, node) > mostFunctionLines,
        (node) => `${nameOf(node)} has ${linesOf(file, node)} lines`,
      ),
  },
  wideConstructors: {
    what: `constructors of more than ${mostParameters} parameters`,
    find: (file) =>
      all(
        file,
        (node) => ts.isConstructorDeclaration(node) && node.parameters.length > mostParameters,
        (node) => `${nameOf(node.parent)} takes ${(node as ts.ConstructorDeclaration).parameters.length}`,
      ),
  },
  rawQueries: {
    what: 'SQL outside a file of statements',
    find: (file) => (/\.(statement|sql)\.ts$/.test(file.fileName) ? [] : all(file, isSql, () => 'SQL')),
  },
  twins: {
    what: 'members that rehearse what another does',
    find: (file) =>
      all(
        file,
        (node) =>
          (ts.isMethodDeclaration(node) || ts.isMethodSignature(node) || ts.isVariableDeclaration(node)) &&
          /^rehears/i.test(nameOf(node)),
        nameOf,
      ),
  },
  literalSpreads: {
    what: 'spreads of a literal, which only steer the formatter',
    find: (file) =>
      all(
        file,
        (node) =>
          (ts.isSpreadAssignment(node) || ts.isSpreadElement(node)) &&
          (ts.isObjectLiteralExpression(node.expression) || ts.isArrayLiteralExpression(node.expression)),
        () => 'literal spread',
      ),
  },
  hashPrivates: {
    what: 'private members written with #',
    find: (file) => all(file, (node) => ts.isPrivateIdentifier(node) && ts.isClassElement(node.parent), nameOf),
  },
  uncheckedWiring: {
    what: 'wiring that the compiler cannot check: ModuleRef, factories, symbols as tokens',
    find: (file) =>
      all(
        file,
        (node) =>
          (ts.isIdentifier(node) && node.text === 'ModuleRef' && !ts.isImportSpecifier(node.parent)) ||
          (ts.isPropertyAssignment(node) && node.name.getText() === 'useFactory') ||
          (ts.isCallExpression(node) && node.expression.getText() === 'Symbol'),
        (node) => node.getText().split('\n')[0]?.slice(0, 60) ?? '',
      ),
  },
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof figures;

/** @returns every finding of one figure in these files, paths relative to `root` */
export const findingsOf = (figure: Figure, root: string, paths: readonly string[]): readonly Finding[] =>
  paths.flatMap((path) => {
    const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
    return figure.find(file).map(({ node, what }) => `${path}:${lineOf(file, node)} ${what}`);
  });
