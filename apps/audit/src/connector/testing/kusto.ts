/// <reference types="@kusto/language-service-next" />
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

/** A column of a table of Log Analytics, with its type there. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** Azure's name of a type, where Kusto has another one. */
const kustoTypes: Readonly<Record<string, string>> = { boolean: 'bool' };

/**
 * The faults that Microsoft's own analyser of Kusto finds in a query: syntax, types, and names that no table, column or function has.
 * @param table the name and the columns of the one table that there is
 */
export const kustoFaults = (query: string, [name, columns]: readonly [string, readonly Column[]]): string[] => {
  const { Language } = Kusto;
  const schema = columns.map((column) => `${column.name}:${kustoTypes[column.type] ?? column.type}`).join(', ');
  const table = new Language.Symbols.TableSymbol.$ctor7(name, `(${schema})`, null);
  const database = new Language.Symbols.DatabaseSymbol.ctor('workspace', [table]);
  const globals = Language.GlobalState.Default?.WithDatabase(database) ?? null;
  const found = Language.KustoCode.ParseAndAnalyze(query, globals)?.GetDiagnostics();
  if (found === null || found === undefined) throw new Error('the query was not analysed');
  const faults: string[] = [];
  for (let index = 0; index < found.Count; index++) faults.push(found.getItem(index).Message ?? 'unknown');
  return faults;
};
