import { type ErrorCode, errorGuide, errors } from '@ankasecure/contracts';

/** One problem as people read of it. */
export interface CatalogueEntry {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly retryable: boolean;
}

/** Every problem, in the order of the table of errors. */
export const catalogue: readonly CatalogueEntry[] = (Object.keys(errors) as ErrorCode[]).map((code) => ({
  code,
  ...errors[code],
  ...errorGuide[code],
}));

export const aboutRepeating = ({ retryable }: Pick<CatalogueEntry, 'retryable'>): string =>
  retryable ? 'The same request may succeed later.' : 'The same request gets the same answer until something changes.';

const section = (entry: CatalogueEntry): string => `## ${entry.code}

**${entry.status} ${entry.title}.** ${aboutRepeating(entry)}

**Cause.** ${entry.cause}

**Remedy.** ${entry.remedy}
`;

/** The catalogue as a page of the repository. The heading of a problem is its code, and so is its anchor. */
export const cataloguePage = `# Problems

Every refusal is a problem (RFC 9457): \`application/problem+json\` with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and \`correlationId\`. Programs decide by \`code\`, which is never renamed. \`detail\` says what is wrong with this request.

\`type\` is the address of the problem’s description. By default it is \`/problems/<code>\` below \`ankasecure.http.base-path\`, which the gateway serves itself, so the address works in a closed network and under every host name. RFC 9457 §3.1.1 recommends absolute addresses, and full paths where they are relative; the gateway does not know under which name its callers see it. \`ankasecure.http.problem-types\` makes them absolute: the code is appended to it. It can be this page, as \`https://git.example.com/ankasecure/apps/gateway/problems.golden.md#\`.

This page is generated from [the table of errors](../../libs/contracts/src/error.ts) and [its guide](../../libs/contracts/src/error-guide.ts).

| Status | Code | Title |
| --- | --- | --- |
${catalogue.map(({ code, status, title }) => `| ${status} | [\`${code}\`](#${code}) | ${title} |`).join('\n')}

${catalogue.map(section).join('\n')}`;
