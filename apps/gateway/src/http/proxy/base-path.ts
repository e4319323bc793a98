/** Removes the base path from a request's URL, if the proxy has left it there. Another path that begins alike stays. */
export const withoutBasePath =
  (basePath: string) =>
  ({ url = '/' }: { readonly url?: string | undefined }): string => {
    if (!url.startsWith(basePath)) return url;
    const rest = url.slice(basePath.length);
    if (rest === '' || rest.startsWith('?')) return `/${rest}`;
    return rest.startsWith('/') ? rest : url;
  };
